#!/usr/bin/env bash
# Runs the tests and installs by package name what they need.
#   ./test.sh          all of them
#   ./test.sh go       vet, format, go test (with -race but for the rules), our own rules on ourselves
#   ./test.sh editors  the server and our plugins in headless editors: all of these
#   ./test.sh nvim     in Neovim
#   ./test.sh vim      in Vim
#   ./test.sh newer    in Neovim and Vim of newer Debians
#   ./test.sh ale      in Vim, through ALE
#   ./test.sh eglot    in Emacs, in front of gopls
#   ./test.sh helix    in Helix
#   ./test.sh vscode   in VS Code, by a browser
# The last line is "N passed, N failed"; the status is 0 if none failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
[ -x /usr/local/go/bin/go ] && PATH=$PATH:/usr/local/go/bin
export DEBIAN_FRONTEND=noninteractive
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)} # the build cache's place
passed=0 failed=0 updated=

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

say() { printf '\n== %s\n' "$*"; }

# install PACKAGE...: with apt-get, as root or by a sudo that asks nothing.
install() {
  local root=()
  command -v apt-get >/dev/null || { echo "missing: $* (no apt-get here: install it by hand)"; return 1; }
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || { echo "missing: $* (apt-get install $*)"; return 1; }
    root=(sudo -n)
  fi
  [ -n "$updated" ] || "${root[@]}" apt-get -qq update </dev/null || echo 'apt-get update failed, going on'
  updated=1
  echo "installing $*"
  "${root[@]}" apt-get -qq -y --no-install-recommends install "$@" </dev/null >"$tmp/apt" 2>&1 ||
    { cat "$tmp/apt"; echo "missing: $* (could not be installed)"; return 1; }
}

# part NAME COMMAND...: one test that counts.
part() {
  local name=$1 start=$SECONDS; shift
  say "$name"
  if "$@" </dev/null; then passed=$((passed + 1)); echo "ok $name ($((SECONDS - start)) s)"
  else failed=$((failed + 1)); echo "FAIL $name ($((SECONDS - start)) s)"; fi
}

has_go() {
  command -v go >/dev/null && go version && return
  echo 'missing: go, the version that go.mod names or a newer one'
  return 1
}

# The race detector needs cgo, which needs a C compiler and its headers.
has_cc() {
  local cc
  cc=$(go env CC)
  compiles() { echo '#include <stdlib.h>' | $cc -E - >/dev/null 2>&1; }
  compiles || { install gcc libc6-dev && compiles; }
}

formatted() {
  local bad
  bad=$(find . -name testdata -prune -o -name node_modules -prune -o -name '.?*' -prune -o -name '*.go' -print | xargs gofmt -l) || return 1
  [ -z "$bad" ] || { printf 'gofmt would change:\n%s\n' "$bad"; return 1; }
}

# The verbose output, a package at a time: of a package that passed its last
# line is enough. Tests are counted on the way.
go_test() { # go_test ARGUMENT...
  CGO_ENABLED=1 go test -v -timeout 20m "$@" 2>&1 | awk -v counts="$tmp/counts" '
    /^ *--- PASS/ { passed++; next }
    /^ *--- FAIL/ { failed++; here++ }
    /^=== (RUN|PAUSE|CONT)/ { next }
    /^(ok|\?) / || /^\t.*coverage:/ || /\[no test files\]/ { if ($1 == "ok") print; held = ""; next }
    /^FAIL\t/ { if (!here) failed++; here = 0; printf "%s%s\n", held, $0; held = ""; next } # did not build, or was stopped
    { held = held $0 "\n" }
    END { printf "%s", held; print passed + 0, failed + 0 > counts }'
}

# counted NAME COMMAND...: tests that count one by one.
counted() {
  local name=$1 start=$SECONDS status p f; shift
  say "$name"
  "$@"; status=$?
  read -r p f <"$tmp/counts"
  [ $status = 0 ] || [ "$f" != 0 ] || f=1
  passed=$((passed + p)) failed=$((failed + f))
  echo "$name: $p passed, $f failed ($((SECONDS - start)) s)"
}

go_part() {
  part 'go vet' go vet ./...
  part gofmt formatted
  part 'a C compiler for the race detector' has_cc
  # The rules start no goroutine. They run under the race detector wherever
  # check, the server and the workspace are tested; their own tests, which
  # analyse std anew for each rule, would take four times as long with it.
  counted 'go test, rules and documents' go_test ./diagnostics/... ./docs/... ./examples/...
  counted 'go test -race' go_test -race ./cmd/... ./server/... ./internal/...
  part 'our own rules on ourselves' go run -buildvcs=false ./cmd/ctxls check --all ./...
}

# What the editors' tests need and Debian 12 doesn't have is kept here.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ctxls-tests

# built builds the ctxls that all editors run.
built() {
  [ -z "${CTXLS:-}" ] || return 0
  go build -buildvcs=false -o "$tmp/ctxls" ./cmd/ctxls && export CTXLS=$tmp/ctxls
}

# newer SUITE PACKAGE...: a program that runs those of a newer Debian, in $with.
newer() { with=$(editors/test/newer-debian "$cache" "$@") || return 1; }

# wrapped PROGRAM: a script that runs one of them, for tests that take a program.
wrapped() {
  local script
  script=$tmp/$(basename "$(dirname "$with")")-$(basename "$1")
  printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$with" "$1" >"$script"
  chmod +x "$script"
  echo "$script"
}

first_line() { "$@" --version | head -n 1; }

nvim_part() {
  command -v nvim >/dev/null || part 'Neovim is there' install neovim
  command -v nvim >/dev/null || return
  part "the server and the plugin in $(first_line nvim)" editors/vim/test/run
}

vim_part() {
  has_vim() { vim --version 2>/dev/null | grep -q '+channel'; } # small builds have no script language
  has_vim || part 'Vim is there' install vim-nox
  has_vim || { failed=$((failed + 1)); echo 'FAIL no Vim with +channel'; return; }
  part "the plugin in $(first_line vim)" editors/vim/test/run-vim
}

# Debian 13, and the release after it, which moves on.
newer_part() {
  local suite program
  for suite in trixie forky; do
    part "Neovim and Vim of Debian $suite" newer "$suite" neovim vim-nox hx
    [ -n "${with:-}" ] || continue
    program=$(wrapped /usr/bin/nvim)
    NVIM=$program part "the server and the plugin in $(first_line "$program")" editors/vim/test/run
    program=$(wrapped /usr/bin/vim.nox)
    VIM_PROGRAM=$program part "the plugin in $(first_line "$program")" editors/vim/test/run-vim
    with=
  done
}

ale_part() {
  has_ale() { [ -d /usr/share/vim-ale ] && vim --version 2>/dev/null | grep -q '+channel'; }
  has_ale || part 'Vim and ALE are there' install vim-nox vim-ale
  has_ale || { failed=$((failed + 1)); echo 'FAIL no Vim with +channel and ALE'; return; }
  part "the server in $(first_line vim), through ALE" editors/vim/test/run-ale
}

eglot_part() {
  local gopls=golang.org/x/tools/gopls version=v0.23.0
  has_eglot() { command -v emacs >/dev/null && ls -d /usr/share/emacs/site-lisp/elpa/eglot-* >/dev/null 2>&1; }
  has_eglot || part 'Emacs and Eglot are there' install emacs-nox elpa-eglot
  has_eglot || return
  export GOPLS=$cache/gopls-$version/gopls
  [ -x "$GOPLS" ] || part "gopls $version is there" env GOBIN="$(dirname "$GOPLS")" go install "$gopls@$version"
  part "ctxls in front of gopls in $(first_line emacs), through Eglot" editors/test/run-eglot
}

helix_part() {
  local program
  command -v tmux >/dev/null || part 'tmux is there' install tmux
  part 'Helix of Debian trixie' newer trixie neovim vim-nox hx
  [ -n "${with:-}" ] || return
  program=$(wrapped /usr/bin/hx)
  HX=$program part "the server in $(first_line "$program")" editors/test/run-helix
}

vscode_part() {
  has_node() { command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; }
  has_node || { failed=$((failed + 1)); echo 'FAIL no Node 20 with npm: it is needed to build the extension for VS Code'; return; }
  has_tools() { command -v chromium rg pkg-config make g++ python3 >/dev/null && pkg-config --exists krb5-gssapi; }
  has_tools || part 'Chromium and what code-server is built with are there' install chromium ripgrep libkrb5-dev pkg-config make g++ python3
  has_tools || return
  part 'the extension in VS Code, by a browser' editors/vscode/test/run
}

run() { # run PART...
  local p
  for p; do
    case $p in
    go) go_part ;;
    editors) run nvim vim newer ale eglot helix vscode ;;
    nvim | vim | newer | ale | eglot | helix | vscode)
      built || { failed=$((failed + 1)); echo 'FAIL ctxls was not built'; return; }
      "${p}_part"
      ;;
    *) echo "usage: ./test.sh [go] [editors] [nvim] [vim] [newer] [ale] [eglot] [helix] [vscode]" >&2; exit 2 ;;
    esac
  done
}

[ $# != 0 ] || set -- go editors
if has_go; then run "$@"; else failed=1; fi
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
