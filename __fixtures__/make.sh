#!/bin/bash
# Makes the fixtures of this directory again, as root on Debian 12; README.md says what each one is.
#   make.sh [app|classic|converted|newer|buildkit|buildx|artifact] …       (default: app classic converted)
# The last four need programs that Debian 12 does not have; these variables name them:
#   DOCKERD_25, DOCKERD_28   dockerd 25.0.0 and 28.5.2
#   CONTAINERD_BIN           directory of a containerd 2.1 and its shim
#   BUILDKIT_BIN             directory of buildkitd and buildctl
#   BUILDX                   buildx
#   REGCTL                   regctl
# "newer" uses what "classic" has made, "buildx" what "buildkit" has.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d /tmp/fixtures.XXXXXX)
base=localhost/debian-klibc:12
registry=127.0.0.1:5055
started=()
trap finish EXIT

finish() {
  for pid in "${started[@]}"; do
    kill "$pid" || true
    while kill -0 "$pid" 2> /dev/null; do sleep 0.1; done
  done
  findmnt -rno TARGET | grep "^$work/" | sort -r | xargs -r umount || true
  rm -rf "$work"
}

# Starts a program in the background and waits until a command succeeds.
start() { # LOG READY-COMMAND PROGRAM…
  local log=$1 ready=$2
  shift 2
  "$@" > "$log" 2>&1 &
  started+=($!)
  for _ in $(seq 100); do
    if eval "$ready" > /dev/null 2>&1; then return; fi
    sleep 0.1
  done
  cat "$log" >&2
  return 1
}

base_tar() {
  [ -f "$work/base.tar" ] || "$here/base.sh" "$work/base.tar"
}

# A build context whose unchanged files keep one modification time, as a restored checkout does.
context() { # CONTEXT DIR [PATCH]
  cp -r "$here/$1" "$2"
  find "$2" -exec touch -h -d '2026-02-03 04:05:06Z' {} +
  if [ "${3:-}" ]; then patch -s -E -p1 -d "$2" < "$here/$3"; fi
}

fresh() { # DIR: below this directory, made anew
  rm -rf "${here:?}/$1"
  mkdir -p "$(dirname "$here/$1")"
  echo "$here/$1"
}

# --- Buildah -----------------------------------------------------------------------------------------------------

buildah_in_work() { buildah --root "$work/storage" --runroot "$work/run" --storage-driver overlay "$@"; }
bud() { buildah_in_work bud --isolation chroot --layers "$@"; }

buildah_base() {
  base_tar
  mkdir -p "$work/base"
  cp "$work/base.tar" "$work/base/"
  printf 'FROM scratch\nADD base.tar /\nENV PATH=/bin\nCMD ["/bin/sh"]\n' > "$work/base/Dockerfile"
  bud --timestamp 1767225600 -t "$base" "$work/base"
}

make_app() {
  buildah_base
  context app/context "$work/app-v1"
  context app/context "$work/app-v2" app/change.patch
  for v in v1 v2; do
    bud -t "localhost/shop:$v" "$work/app-$v"
    buildah_in_work push --format oci "localhost/shop:$v" "oci:$(fresh "app-$v"):shop:$v"
    sleep 2 # or the layers of the next build could carry the same seconds
  done
  bud --no-cache -t localhost/shop:again "$work/app-v1"
  buildah_in_work push --format oci localhost/shop:again "oci:$(fresh app-v1-rebuilt):shop:v1"
}

# --- Docker Engine of Debian 12 ----------------------------------------------------------------------------------

start_engine() { # NAME DOCKERD [DAEMON-JSON]
  local dir=$work/$1
  mkdir "$dir"
  echo "${3:-"{}"}" > "$dir/daemon.json"
  start "$dir/log" "docker -H unix://$dir/socket version" "$2" --data-root "$dir/data" --exec-root "$dir/exec" \
    --pidfile "$dir/pid" -H "unix://$dir/socket" --config-file "$dir/daemon.json" --iptables=false --bridge=none
}
on() { local engine=$1; shift; docker -H "unix://$work/$engine/socket" "$@"; }

make_classic() {
  base_tar
  start_engine engine20 /usr/sbin/dockerd '{"storage-driver":"overlay2"}'
  on engine20 import -c 'ENV PATH=/bin' -c 'CMD ["/bin/sh"]' "$work/base.tar" "$base"
  context forms/context "$work/forms"
  for tag in 1 2; do
    DOCKER_BUILDKIT=0 on engine20 build --network=host -t "forms:$tag" "$work/forms"
    echo 'Edited for the second build.' >> "$work/forms/banner.txt"
    sleep 2
  done
  on engine20 save forms:1 forms:2 > "$(fresh forms/engine-20.tar)"

  echo 'This layer ends in the zeros that fill up the last record of a tar.' > "$work/note.txt"
  tar -C "$work" --mtime=@1767225600 -c note.txt | on engine20 import - padded:1
  on engine20 save padded:1 > "$work/padded.tar"
  buildah_in_work pull "docker-archive:$work/padded.tar"
  buildah_in_work push --format oci --compression-format zstd:chunked padded:1 "oci:$(fresh forms/padded):padded:1"
}

# --- The same image through other tools --------------------------------------------------------------------------

make_converted() {
  cd "$here/forms"
  gzip -9nk -f engine-20.tar
  zstd -19 -q -f engine-20.tar
  skopeo copy docker-archive:engine-20.tar:forms:1 "oci:$(fresh forms/gzip):forms:1"
  skopeo copy docker-archive:engine-20.tar:forms:1 "oci-archive:$(fresh forms/skopeo.oci.tar):forms:1"
  skopeo copy --dest-compress-format zstd docker-archive:engine-20.tar:forms:1 "oci:$(fresh forms/zstd):forms:1"
  skopeo copy docker-archive:engine-20.tar:forms:1 "docker-archive:$(fresh forms/skopeo.tar):forms:1"
  buildah_in_work pull "docker-archive:engine-20.tar:forms:1"
  buildah_in_work push --format oci --compression-format zstd:chunked forms:1 "oci:$(fresh forms/zstd-chunked):forms:1"
}

# --- Newer engines -----------------------------------------------------------------------------------------------

start_registry() {
  [ -d "$work/registry" ] && return
  printf 'version: 0.1\nlog: {level: error}\nhttp: {addr: "%s"}\nstorage: {filesystem: {rootdirectory: "%s"}}\n' \
    "$registry" "$work/registry" > "$work/registry.yml"
  start "$work/registry.log" "curl -sf http://$registry/v2/" docker-registry serve "$work/registry.yml"
}
to_registry() { skopeo copy --dest-tls-verify=false "$@"; }

make_newer() {
  export PATH=$CONTAINERD_BIN:$PATH
  start_engine engine25 "$DOCKERD_25" '{"storage-driver":"overlay2"}'
  start_engine engine28 "$DOCKERD_28" '{"storage-driver":"overlay2"}'
  start_engine containerd28 "$DOCKERD_28" '{"features":{"containerd-snapshotter":true}}'
  for engine in 25 28; do on "engine$engine" load < "$here/forms/engine-20.tar"; done
  on engine25 save forms:1 > "$(fresh forms/engine-25.0.0.tar)"
  on engine28 save forms:1 forms:2 > "$(fresh forms/engine-28-classic.tar)"

  start_registry
  local archive=docker-archive:$here/forms/engine-20.tar:forms:1
  to_registry --format oci "$archive" "docker://$registry/forms:amd64"
  to_registry --format v2s2 "$archive" "docker://$registry/forms:schema2"
  container=$(buildah_in_work from --tls-verify=false "$registry/forms:amd64")
  buildah_in_work config --arch arm64 --variant v8 "$container"
  buildah_in_work commit --format oci "$container" forms:arm64
  buildah_in_work manifest create forms:all
  buildah_in_work manifest add --tls-verify=false forms:all "docker://$registry/forms:amd64"
  buildah_in_work manifest add forms:all forms:arm64
  buildah_in_work manifest push --tls-verify=false --all forms:all "docker://$registry/forms:1"
  for tag in 1 schema2; do
    on containerd28 pull --platform linux/amd64 "$registry/forms:$tag"
    on containerd28 tag "$registry/forms:$tag" "forms:$tag"
  done
  on containerd28 save forms:1 > "$(fresh forms/engine-28-containerd.tar)"
  on containerd28 save forms:schema2 > "$(fresh forms/engine-28-containerd-schema2.tar)"
}

# --- BuildKit and artifacts --------------------------------------------------------------------------------------

buildkit_build() { # DIR CONTEXT OPTION…
  local output=$1 context=$2
  shift 2
  sed -i "s#localhost/debian-klibc#$registry/debian-klibc#" "$context/Dockerfile"
  "$BUILDKIT_BIN/buildctl" --addr "unix://$work/buildkit/socket" build --frontend dockerfile.v0 \
    --local "context=$context" --local "dockerfile=$context" "$@" --output "type=oci,tar=false,dest=$here/$output"
}

start_buildkit() {
  mkdir "$work/buildkit"
  printf '[registry."%s"]\n  http = true\n' "$registry" > "$work/buildkit/config.toml"
  start "$work/buildkit/log" "$BUILDKIT_BIN/buildctl --addr unix://$work/buildkit/socket debug workers" \
    "$BUILDKIT_BIN/buildkitd" --config "$work/buildkit/config.toml" --root "$work/buildkit/root" \
    --addr "unix://$work/buildkit/socket" --containerd-worker=false --oci-worker-net=host
}

make_buildkit() {
  start_registry
  buildah_base
  buildah_in_work push --tls-verify=false "$base" "docker://$registry/debian-klibc:12"
  start_buildkit

  context app/context "$work/buildkit-v1"
  context app/context "$work/buildkit-v2" app/change.patch
  fresh buildkit
  for v in v1 v2; do
    buildkit_build "buildkit,name=localhost/shop:$v" "$work/buildkit-$v" --opt attest:provenance=mode=max
    sleep 2
  done
  context multi/context "$work/multi"
  fresh multi-platform
  buildkit_build multi-platform,name=localhost/tool:1 "$work/multi" --opt attest:provenance=mode=max \
    --opt platform=linux/amd64,linux/arm64/v8,linux/arm/v7
  fresh estargz
  buildkit_build estargz,name=localhost/tool:1,compression=estargz,force-compression=true,oci-mediatypes=true "$work/multi"
}

# One image as an OCI layout, and what buildx writes of it and of other builds to its metadata file.
make_buildx() {
  start_buildkit
  context buildx/context "$work/web"
  fresh buildx/layout
  export BUILDX_CONFIG=$work/buildx BUILDX_METADATA_PROVENANCE=min
  "$BUILDX" create --name fixtures --driver remote --use "unix://$work/buildkit/socket"
  cd "$work/web"
  local shop=shop=oci-layout://$here/buildkit:v1
  local build=(build --file web.Dockerfile --build-context "$shop")
  local tags=(-t registry.example/shop/web:2.0 -t registry.example/shop/web:latest)
  local max=type=provenance,mode=max,version=v1
  "$BUILDX" "${build[@]}" "${tags[@]}" --attest "$max" --metadata-file "$here/buildx/build.json" \
    --output "type=oci,tar=false,dest=$here/buildx/layout" .
  BUILDX_METADATA_PROVENANCE=max "$BUILDX" "${build[@]}" "${tags[@]}" --provenance=false \
    --metadata-file "$here/buildx/load.json" --output "type=docker,dest=$here/buildx/load.tar" .
  "$BUILDX" "${build[@]}" "${tags[@]}" --build-context "shop=oci-layout://$here/multi-platform:1" --target base \
    --platform linux/amd64,linux/arm64 --metadata-file "$here/buildx/platforms.json" \
    --output type=oci,dest=/dev/null .
  "$BUILDX" "${build[@]}" --metadata-file "$here/buildx/unnamed.json" --output type=oci,dest=/dev/null .
  "$BUILDX" bake --set "*.contexts.$shop" --set '*.output=type=oci,dest=/dev/null' --allow=fs="$here/buildkit" \
    --metadata-file "$here/buildx/bake.json"
}

make_artifact() {
  cd "$work" # the file's name becomes its title
  printf '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}\n' > sbom.json
  "$REGCTL" artifact put --artifact-type application/vnd.cyclonedx+json --file sbom.json --file-title \
    --file-media-type application/vnd.cyclonedx+json "ocidir://$(fresh artifact):sbom"
}

[ $# -gt 0 ] || set -- app classic converted
for part; do "make_$part"; done
