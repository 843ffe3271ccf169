package checker

import (
	"bytes"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"testing"

	"github.com/ctxls/ctxls/diagnostics/rule"
)

// BenchmarkSave edits one body of a large package, as an editor does, and
// checks it with all rules.
func BenchmarkSave(b *testing.B) {
	found, err := build.Import("net/http", "", build.FindOnly)
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(found.Dir, "client.go")
	text, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	c, err := New(Options{Dir: ".", Patterns: []string{"net/http"}, CacheDir: b.TempDir(), All: true, Least: rule.Hint})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	mark := []byte("func (c *Client) do(req *Request) (retres *Response, reterr error) {\n")
	if !bytes.Contains(text, mark) {
		b.Fatal("client.go has changed")
	}
	edit := func(i int) {
		c.SetText(file, bytes.Replace(text, mark, fmt.Appendf(mark[:len(mark):len(mark)], "\tprintln(%d)\n", i), 1))
		if _, err := c.Run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	edit(-1)
	edit(-2)
	before := c.Stats().Updated
	i := 0
	for b.Loop() {
		edit(i)
		i++
	}
	if got := c.Stats().Updated - before; got < i {
		b.Errorf("%d of %d edits were updates", got, i)
	}
}
