FROM shop AS base
USER 0

FROM base AS pages
RUN mkdir -p /pages && \
    echo '<h1>Open</h1>' > /pages/index.html

FROM base
WORKDIR /srv
COPY --link --from=pages /pages /srv/pages
RUN <<EOF
echo 'port=8080' > listen.conf
echo 'root=/srv/pages' >> listen.conf
EOF
COPY message /srv/
ENV WEB_VERSION=2.0
