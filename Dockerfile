FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Inference.Cli -c Release -o /app -nologo -v q

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# The names differ between Debian and Ubuntu bases (libturbojpeg0 / libturbojpeg), hence the fallback.
RUN apt-get update \
 && (apt-get install -y --no-install-recommends libturbojpeg0 || apt-get install -y --no-install-recommends libturbojpeg) \
 && apt-get install -y --no-install-recommends libspng0 libwebp7 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /app
COPY weights/demo/model /app/weights/demo/model
USER $APP_UID
EXPOSE 50051
ENTRYPOINT ["dotnet", "/app/glassbox.dll"]
CMD ["serve", "--host", "*", "--port", "50051"]
