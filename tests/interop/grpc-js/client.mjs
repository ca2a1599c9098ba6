// Runs the cases of a plan with grpc-js and prints one JSON line per case. See ../README.md.
//   node client.mjs --target HOST:PORT --plan FILE --include DIR… --proto FILE…
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const GZIP = 2;

const { values: args } = parseArgs({
  options: {
    target: { type: 'string' },
    plan: { type: 'string' },
    include: { type: 'string', multiple: true, default: [] },
    proto: { type: 'string', multiple: true, default: [] },
  },
});

const definitions = loadSync(args.proto, {
  includeDirs: args.include, keepCase: true, longs: Number, enums: String, bytes: String, defaults: true, oneofs: true,
});

function methodOf(testCase) {
  const [service, name] = testCase.method.split('/');
  const method = definitions[service]?.[name];
  if (!method) throw new Error(`no method ${testCase.method} in the given protos`);
  return method;
}

function requestsOf(testCase) {
  const fill = testCase.fill ? { [testCase.fill.field]: Buffer.alloc(testCase.fill.bytes) } : {};
  return (testCase.requests ?? [{}]).map((request) => ({ ...request, ...fill }));
}

function metadataOf(testCase) {
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(testCase.metadata ?? {})) {
    metadata.add(key, key.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  }
  return metadata;
}

function describe(status, responses, count, last) {
  const trailers = {};
  for (const [key, value] of Object.entries(status.metadata?.getMap() ?? {})) {
    trailers[key] = Buffer.isBuffer(value) ? value.toString('base64') : value;
  }
  return { code: status.code, message: status.details, count, responses, last, trailers };
}

// Starts the call and resolves with its outcome, whatever the status.
function call(client, testCase) {
  const method = methodOf(testCase);
  const requests = requestsOf(testCase);
  const options = testCase.deadline_ms ? { deadline: Date.now() + testCase.deadline_ms } : {};
  const common = [method.path, method.requestSerialize, method.responseDeserialize];
  const metadata = metadataOf(testCase);

  return new Promise((resolve) => {
    const responses = [];
    let count = 0;
    let last;
    let running;
    const take = (response) => {
      count++;
      last = response;
      if (responses.length < 3) responses.push(response);
      if (count === testCase.cancel_after) running.cancel();
      else if (testCase.lockstep) sendNext();
    };
    const sendNext = () => (requests.length > 0 ? running.write(requests.shift()) : running.end());

    if (method.responseStream) {
      running = method.requestStream
        ? client.makeBidiStreamRequest(...common, metadata, options)
        : client.makeServerStreamRequest(...common, requests[0], metadata, options);
      running.on('data', take);
      running.on('error', () => {});
    } else {
      const done = (error, response) => response && take(response);
      running = method.requestStream
        ? client.makeClientStreamRequest(...common, metadata, options, done)
        : client.makeUnaryRequest(...common, requests[0], metadata, options, done);
    }
    running.on('status', (status) => setImmediate(() => resolve(describe(status, responses, count, last))));
    if (method.requestStream && testCase.lockstep) {
      sendNext();
    } else if (method.requestStream) {
      requests.forEach((request) => running.write(request));
      running.end();
    }
  });
}

async function run(testCase) {
  const client = new grpc.Client(args.target, grpc.credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    ...(testCase.compress === 'gzip' ? { 'grpc.default_compression_algorithm': GZIP } : {}),
  });
  const started = performance.now();
  const outcomes = await Promise.all(Array.from({ length: testCase.parallel ?? 1 }, () => call(client, testCase)));
  client.close();
  // Parallel calls count together; the first that failed speaks for all.
  const outcome = outcomes.find(({ code }) => code !== 0) ?? outcomes[0];
  return { ...outcome, count: outcomes.reduce((sum, { count }) => sum + count, 0), elapsed_ms: Math.round(performance.now() - started) };
}

for (const testCase of JSON.parse(readFileSync(args.plan, 'utf8'))) {
  console.log(JSON.stringify({ name: testCase.name, ...(await run(testCase)) }));
}
