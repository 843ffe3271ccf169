package server

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// lostText has one finding, named by line 6.
const lostText = "package m\n\nimport \"context\"\n\nfunc F(ctx context.Context) {\n\t_, _ = context.WithCancel(ctx)\n}\n"

// saved writes the text of an open document as its next version, and saves it.
func (p *peer) saved(path string, version int, text string) {
	p.t.Helper()
	p.replaceAll(fileURI(path), version, text)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	p.save(fileURI(path))
}

// versioned waits for the diagnostics of a version of an open document.
func (p *peer) versioned(uri string, version int) published {
	p.t.Helper()
	for {
		if d := p.published(uri); d.Version != nil && *d.Version == version {
			return d
		}
	}
}

func (p *peer) shutDown() {
	p.t.Helper()
	if _, err := p.call("shutdown", nil); err != nil {
		p.t.Error(err)
	}
	start := time.Now()
	p.notify("exit", nil)
	if err := p.end(); err != nil {
		p.t.Error(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		p.t.Errorf("it took %v to end", took)
	}
}

// goCommand puts a shell script in place of the go command, and returns what
// puts that back.
func goCommand(t *testing.T, script string) (restore func()) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a shell script in place of go")
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\n"+script+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	path := os.Getenv("PATH")
	t.Setenv("PATH", bin)
	return func() { os.Setenv("PATH", path) } // t puts it back again
}

func TestGoCommandHangs(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	restore := goCommand(t, "exec "+sleep+" 600")
	dir := module(t, map[string]string{"a.go": lostText})
	uri := fileURI(dir + "/a.go")
	t.Run("and the client leaves", func(t *testing.T) {
		p := dial(t, Options{CacheDir: stdCache})
		p.initialize(dir, pullingClient)
		p.open(uri, 1, lostText)
		id := p.send("textDocument/diagnostic", pullParams(uri))
		p.notify("$/cancelRequest", map[string]any{"id": json.Number(id)})
		if _, err := p.response(id); code(err) != -32800 {
			t.Errorf("cancelled: %v", err)
		}
		p.send("textDocument/codeAction", codeActionParams(uri, 5, 0)) // runs until the end
		p.shutDown()
	})
	t.Run("and the user restarts", func(t *testing.T) {
		p := dial(t, Options{CacheDir: stdCache})
		p.initialize(dir, nil)
		p.open(uri, 1, lostText)
		if _, err := p.call("no/such", nil); code(err) != -32601 {
			t.Errorf("meanwhile: %v", err)
		}
		restore()
		if _, err := p.call("workspace/executeCommand", map[string]any{"command": commandRestart}); err != nil {
			t.Fatal(err)
		}
		if d := p.versioned(uri, 1); len(d.Diagnostics) != 1 {
			t.Errorf("%+v", d)
		}
		p.none("a complaint", method("window/showMessage"))
		p.shutDown()
	})
}

func TestGoCommandFails(t *testing.T) {
	for _, tt := range []struct{ script, want string }{
		{`echo "go: toolchain not available" >&2; exit 1`, "toolchain not available"},
		{"kill -9 $$", "signal: killed"},
		{"echo nonsense", "reading the output of go env"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			restore := goCommand(t, tt.script)
			dir := module(t, map[string]string{"a.go": lostText})
			path := dir + "/a.go"
			p := dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
			p.initialize(dir, nil)
			p.open(fileURI(path), 1, lostText)
			if m := p.next("a message", method("window/showMessage")); !strings.Contains(string(m.Params), tt.want) {
				t.Errorf("%s, want %q", m.Params, tt.want)
			}
			if actions := p.actions(fileURI(path), 5, 0); len(actions) != 0 {
				t.Errorf("%+v", actions)
			}
			p.save(fileURI(path))
			restore()
			p.saved(path, 2, lostText+"\n")
			if d := p.versioned(fileURI(path), 2); len(d.Diagnostics) != 1 {
				t.Errorf("%+v", d)
			}
			p.none("the same message again", method("window/showMessage"))
			p.shutDown()
		})
	}
}

// A cache that cannot be used makes things slower, not wrong.
func TestUnusableCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	readOnly := t.TempDir()
	if err := os.Chmod(readOnly, 0o555); err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{"below a file": filepath.Join(file, "cache"), "read-only": filepath.Join(readOnly, "cache")}
	if full := fullDisk(t); full != "" {
		folders["on a full disk"] = full
	}
	for name, folder := range folders {
		t.Run(name, func(t *testing.T) {
			dir := module(t, map[string]string{"a.go": "package m\n\nfunc F() {}\n"}) // needs nothing of the standard library
			path := dir + "/a.go"
			p := dial(t, Options{CacheDir: folder, Typing: time.Millisecond})
			p.initialize(dir, nil)
			p.open(fileURI(path), 1, "package m\n\nfunc F() {\n")
			if d := p.versioned(fileURI(path), 1); len(d.Diagnostics) != 1 {
				t.Errorf("%+v", d)
			}
			p.saved(path, 2, "package m\n\nfunc F() {}\n\n//ctxls:ignore deafloop there is none\n")
			if d := p.versioned(fileURI(path), 2); len(d.Diagnostics) != 1 || d.Diagnostics[0].Code != "unusedignore" {
				t.Errorf("%+v", d)
			}
			p.none("a message", method("window/showMessage"))
			p.shutDown()
		})
	}
}

// fullDisk returns a folder in which nothing more can be written, "" if this
// machine can't have one.
func fullDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if runtime.GOOS != "linux" || exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=64k", "none", dir).Run() != nil {
		return ""
	}
	t.Cleanup(func() {
		if err := exec.CommandContext(context.Background(), "umount", dir).Run(); err != nil {
			t.Error(err)
		}
	})
	f, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return dir
		}
	}
}

// The folder of the workspace goes, with what is open, and comes back.
func TestWorkspaceDeleted(t *testing.T) {
	files := map[string]string{"a.go": lostText, "b/b.go": lostText}
	dir := module(t, files)
	path := dir + "/a.go"
	p := dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
	p.initialize(dir, nil)
	p.open(fileURI(path), 1, lostText)
	if d := p.versioned(fileURI(path), 1); len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
	p.published(fileURI(dir + "/b/b.go"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	p.replaceAll(fileURI(path), 2, lostText+"\n")
	p.save(fileURI(path))
	for d := p.published(fileURI(dir + "/b/b.go")); len(d.Diagnostics) > 0; {
		d = p.published(fileURI(dir + "/b/b.go")) // from while it went
	}
	p.call("textDocument/diagnostic", pullParams(fileURI(path)))
	p.actions(fileURI(path), 5, 0, "quickfix", "source.fixAll")
	p.call("workspace/executeCommand", map[string]any{"command": commandRestart})
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.saved(path, 3, lostText+"\n\n")
	want := checked(t, dir, stdCache)
	eventually(t, "what a check finds", func() bool { return p.shown(dir) == want })
	if n := strings.Count(want, "lostcancel"); n != 2 {
		t.Errorf("a check finds %s", want)
	}
	p.shutDown()
}

// Two editors on one folder, with one cache, see the same.
func TestTwoServers(t *testing.T) {
	dir := module(t, map[string]string{"a.go": lostText, "b/b.go": lostText})
	var servers [2]*peer
	for i := range servers {
		servers[i] = dial(t, Options{CacheDir: stdCache, Typing: time.Millisecond})
		servers[i].initialize(dir, nil)
	}
	paths := [2]string{dir + "/a.go", dir + "/b/b.go"}
	for i, p := range servers { // each has one of the files open
		p.open(fileURI(paths[i]), 1, lostText)
		p.versioned(fileURI(paths[i]), 1)
	}
	mended := strings.ReplaceAll(lostText, "_, _ =", "_ =")
	mended = strings.ReplaceAll(mended, "context.WithCancel(ctx)", "ctx")
	for version := 2; version < 12; version++ {
		text, want := lostText, 1
		if version%2 == 0 {
			text, want = mended, 0
		}
		for i, p := range servers {
			p.saved(paths[i], version, text)
		}
		for i, p := range servers {
			if d := p.versioned(fileURI(paths[i]), version); len(d.Diagnostics) != want {
				t.Errorf("version %d: %+v", version, d)
			}
		}
	}
	want := checked(t, dir, stdCache)
	for i, p := range servers { // neither watches what the other writes
		p.save(fileURI(paths[i]))
		eventually(t, "what a check finds", func() bool { return p.shown(dir) == want })
	}
	for _, p := range servers {
		p.shutDown()
	}
}

// A thousand edits without a pause cost a few analyses, and the last one counts.
func TestThousandEdits(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n", "b/b.go": "package b // LEAK\n"})
	var runs atomic.Int32
	f := &fakes{hook: func(ctx context.Context, what string) error {
		if what == "w" { // the folder of a.go
			runs.Add(1)
		}
		return ctx.Err()
	}}
	p := dial(t, f.options()) // with the delay as it comes
	p.initialize(dir, nil)
	uri := fileURI(dir + "/a.go")
	p.open(uri, 0, "package m\n")
	p.published(uri)
	p.published(fileURI(dir + "/b/b.go"))
	before := runs.Load()
	start := time.Now()
	for i := 1; i <= 1000; i++ {
		p.replaceAll(uri, i, fmt.Sprintf("package m // %d LEAK\n", i))
	}
	typed := time.Since(start)
	last := time.Now()
	d := p.versioned(uri, 1000)
	if len(d.Diagnostics) != 1 {
		t.Errorf("%+v", d)
	}
	waited := time.Since(last)
	if waited < 140*time.Millisecond || waited > 5*time.Second {
		t.Errorf("%v after the last edit, want 150 ms or a little more", waited)
	}
	if n := runs.Load() - before; n > 1+int32((typed+waited)/(150*time.Millisecond)) {
		t.Errorf("%d analyses in %v of typing", n, typed)
	}
	t.Logf("1000 edits within %v, %d analyses, the last one shown after %v", typed, runs.Load()-before, waited)
}
