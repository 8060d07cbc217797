#!/usr/bin/env bash
# Runs the whole of APIHub on this machine. Builds what is missing or older than its sources first. See --help.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
services=(operator ext-authz billing)
stamp=$home/dev/target/built-by-start

is_built() {
  [ -f "$stamp" ] || return 1
  local module
  for module in dev "${services[@]}"; do
    [ -f "$home/$module/target/$module.jar" ] || return 1
  done
  local sources=("$home"/pom.xml "$home"/{model,proto,crds,dev,operator,ext-authz,billing}/{pom.xml,src/main} "$home"/dev/tools)
  [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]
}

build() {
  echo "  building (about a minute the first time)"
  rm -f "$stamp"
  local began; began=$(mktemp)
  local modules; modules=$(IFS=,; echo "dev,${services[*]}")
  (cd "$home" && ./mvnw -pl "$modules" -am package -DskipTests -DskipITs -Djacoco.skip -Dspotless.check.skip -Dcheckstyle.skip) |
    { grep --line-buffered -E '^\[INFO\] Building [a-z]|^\[(ERROR|WARNING)\]|^mvnw:' || true; } | sed -u -n 's/^\[INFO\] Building \([a-z-]*\) .*/  building \1/p; /ERROR/p'
  mv "$began" "$stamp" # what changed during the build is newer than this
}

# Starts everything once, in a directory of its own, and writes the loaded classes down: later starts need not read and verify them again.
rehearse() {
  echo "  rehearsing a start (half a minute, once after a build)"
  touch "$rehearsed" # once, also if it fails
  "${java[@]}" -XX:ArchiveClassesAtExit="$classes" "-Xlog:cds*=error" "${launcher[@]}" rehearse || echo "  it failed: starts take longer, and work"
}

refuse() {
  echo "start.sh: $1; try --help" >&2
  exit 2
}

# Before a build that takes its time; DevMain checks the rest.
check() {
  [ "${1:-}" != mint ] || shift
  while [ $# -gt 0 ]; do
    case $1 in
      --help) cat "$home/dev/src/main/resources/io/apihub/dev/help.txt"; exit ;;
      --smoke) shift ;;
      --data | --port | --gateways | --upstream | --upstream-key | --tenant | --namespace | --name | --expires | --out)
        case ${2:-} in '' | --*) refuse "$1 needs a value" ;; esac
        shift 2 ;;
      *) refuse "unknown flag $1" ;;
    esac
  done
}

check "$@"
JAVA_HOME=$("$home/mvnw" --java-home)
export JAVA_HOME
is_built || build >&2

jar=$home/dev/target/dev.jar
rehearsed=$home/dev/target/rehearsed-by-start
classes=$home/dev/target/dev.jsa
java=("$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m) # the manifest enables native access: as a flag it does not go with the classes
launcher=(-Dapihub.home="$home" -jar "$jar")
case ${1:-} in
  mint | --smoke) ;; # no start would earn it back
  *) [ "$rehearsed" -nt "$jar" ] || rehearse >&2 ;;
esac
[ "$classes" -nt "$jar" ] && java+=(-XX:SharedArchiveFile="$classes")
exec "${java[@]}" "${launcher[@]}" "$@"
