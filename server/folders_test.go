package server

import (
	"strings"
	"testing"
)

// A client that asks is told of a file outside of the folders for as long as
// that is open, whatever is done afterwards.
func TestPulledOutsideAndClosed(t *testing.T) {
	text := "package m // LEAK\n"
	dir := module(t, map[string]string{"in/go.mod": "module in\n", "in/a.go": text, "out/go.mod": "module out\n", "out/b.go": text, "go.mod": ""})
	p := dial(t, new(fakes).options())
	p.initialize(dir+"/in", pullingClient)
	in, out := fileURI(dir+"/in/a.go"), fileURI(dir+"/out/b.go")
	p.open(out, 1, text)
	if r := p.pull(out); len(r.Items) != 1 {
		t.Errorf("%+v", r)
	}
	listed := func(uri string) bool {
		result, err := p.call("workspace/diagnostic", map[string]any{"previousResultIds": []any{}})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(result), uri)
	}
	eventually(t, "the file inside is listed", func() bool { return listed(in) })
	p.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": out}})
	eventually(t, "the closed file is listed no more", func() bool { return !listed(out) })
	replaceFile(t, dir+"/in/a.go", []byte("package m\n"))
	p.save(in)
	eventually(t, "the file inside is listed no more", func() bool { return !listed(in) })
	if listed(out) {
		t.Error("the closed file is listed again")
	}
	if r := p.pull(out); len(r.Items) != 0 {
		t.Errorf("asked for while it is closed: %+v", r)
	}
}
