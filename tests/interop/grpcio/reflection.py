"""Learns services and message types from a running server."""
from collections import namedtuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Method = namedtuple("Method", "path input output client_streaming server_streaming")


class ReflectedServices:
    def __init__(self, channel, version):
        package = f"grpc.reflection.{version}"
        request, response = _reflection_messages()
        self._ask = lambda **question: next(
            channel.stream_stream(
                f"/{package}.ServerReflection/ServerReflectionInfo",
                request_serializer=lambda m: m.SerializeToString(),
                response_deserializer=response.FromString,
            )(iter([request(**question)]))
        )
        self.names = [service.name for service in self._ask(list_services="").list_services_response.service]
        self._pool = descriptor_pool.DescriptorPool()
        self._added = set()
        for name in self.names:
            self._add(self._ask(file_containing_symbol=name).file_descriptor_response.file_descriptor_proto)

    def method(self, full_name):
        service_name, method_name = full_name.split("/")
        method = self._pool.FindServiceByName(service_name).FindMethodByName(method_name)
        proto = descriptor_pb2.MethodDescriptorProto()
        method.CopyToProto(proto)
        return Method(
            "/" + full_name, _class(method.input_type), _class(method.output_type), proto.client_streaming, proto.server_streaming
        )

    def _add(self, serialized_files):
        files = {}
        for serialized in serialized_files:
            file = descriptor_pb2.FileDescriptorProto.FromString(serialized)
            files[file.name] = file
        for name in list(files):
            self._add_with_imports(files, name)

    def _add_with_imports(self, files, name):
        if name in self._added:
            return
        self._added.add(name)
        for imported in files[name].dependency:
            self._add_with_imports(files, imported)
        self._pool.Add(files[name])


def _class(descriptor):
    return message_factory.MessageFactory().GetPrototype(descriptor)


def _reflection_messages():
    """The messages of reflection itself, as far as they are used here, written down by number."""
    file = descriptor_pb2.FileDescriptorProto(name="reflection_by_hand.proto", package="by_hand", syntax="proto3")
    string, bytes_, message = 9, 12, 11
    one, many = 1, 3

    def add(name, *fields):
        target = file.message_type.add(name=name)
        for field_name, number, label, kind, *type_name in fields:
            target.field.add(name=field_name, number=number, label=label, type=kind, type_name="".join(type_name) or None)

    add("Request", ("file_containing_symbol", 4, one, string), ("list_services", 7, one, string))
    for name in ("file_containing_symbol", "list_services"):
        field = next(field for field in file.message_type[0].field if field.name == name)
        field.oneof_index = 0
    file.message_type[0].oneof_decl.add(name="message_request")
    add("Files", ("file_descriptor_proto", 1, many, bytes_))
    add("Service", ("name", 1, one, string))
    add("Services", ("service", 1, many, message, ".by_hand.Service"))
    add(
        "Response",
        ("file_descriptor_response", 4, one, message, ".by_hand.Files"),
        ("list_services_response", 6, one, message, ".by_hand.Services"),
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return _class(pool.FindMessageTypeByName("by_hand.Request")), _class(pool.FindMessageTypeByName("by_hand.Response"))
