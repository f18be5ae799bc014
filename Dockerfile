# The image of the app: docker build --build-arg VERSION=1.2.3 --build-arg COMMIT=$(git rev-parse HEAD) -t mdc-tts .
# --build-arg WITH_CHROMIUM=true adds the browser that prints PDFs (about 350 MB more).
ARG WITH_CHROMIUM=false

FROM docker.io/library/node:20-slim AS assets
# Behind a proxy that inspects TLS, the base image holds its certificate here; Node would not look by itself.
ARG NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
WORKDIR /src/Infrastructure/Assets
COPY Infrastructure/Assets/package.json Infrastructure/Assets/package-lock.json Infrastructure/Assets/.npmrc ./
RUN npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
COPY Infrastructure/Assets/ ./
# It names the fonts it wants.
COPY wwwroot/app.css /src/wwwroot/app.css
RUN node build.mjs

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY .editorconfig global.json Directory.Build.props MdcTts.csproj ./
COPY .config/Packages.props .config/
COPY Infrastructure/Assets/Assets.targets Infrastructure/Assets/
RUN dotnet restore MdcTts.csproj
COPY . .
COPY --from=assets /src/wwwroot/lib wwwroot/lib
COPY --from=assets /src/obj/common-passwords.bin obj/
ARG VERSION=0.0.0
ARG COMMIT=unknown
RUN dotnet publish MdcTts.csproj -c Release -o /app --no-restore \
      -p:SkipBrowserAssets=true -p:Version=$VERSION -p:SourceRevisionId=$COMMIT \
 && mkdir /data

# pg_dump and pg_restore are for backups; they must not be older than the server.
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime-false
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*

# The image above is an Ubuntu, which has no browser outside a snap; Debian has one, and the same .NET runs there.
FROM docker.io/library/debian:bookworm-slim AS runtime-true
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates chromium-headless-shell fonts-noto-core libicu72 libssl3 libstdc++6 postgresql-client tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1654 --create-home app \
 && ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
COPY --from=mcr.microsoft.com/dotnet/aspnet:10.0 /usr/share/dotnet /usr/share/dotnet
ENV DOTNET_RUNNING_IN_CONTAINER=true

FROM runtime-${WITH_CHROMIUM}
ARG VERSION=0.0.0
ARG COMMIT=unknown
LABEL org.opencontainers.image.title="MDC Transaction Tracking System" \
      org.opencontainers.image.vendor="MDC Design Consultancy" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$COMMIT
WORKDIR /app
COPY --from=build /app ./
# Only /data, /backups (where BACKUP_DIR names it) and /tmp are written: the root may be read-only. A new volume takes
# their owner over.
COPY --from=build --chown=1654:1654 /data /data
COPY --from=build --chown=1654:1654 /data /backups
ENV ASPNETCORE_HTTP_PORTS=8000 \
    DATA_DIR=/data \
    METRICS_PORT=9100 \
    DOTNET_EnableDiagnostics=0
VOLUME /data
EXPOSE 8000 9100
# The number of the image's user "app": an orchestrator can see that it is not root.
USER 1654
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["dotnet", "/app/MdcTts.dll", "health"]
ENTRYPOINT ["dotnet", "/app/MdcTts.dll"]
