package term

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoTerminal(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(&out)
	p.Show("loading")
	p.Clear()
	if out.Len() > 0 {
		t.Errorf("progress wrote %q to a buffer", out.String())
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if IsTerminal(file) || HasColour(file) {
		t.Error("a plain file passes for a terminal")
	}
}

func TestProgressLine(t *testing.T) {
	var out bytes.Buffer
	p := &Progress{w: &out}
	p.Show("one")
	p.Show("two") // too soon
	p.Clear()
	p.Clear() // nothing left to clear
	if got, want := out.String(), "\r\x1b[Kone\r\x1b[K"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPaint(t *testing.T) {
	if got := (Painter{}).Paint(Red, "x"); got != "x" {
		t.Errorf("plain: %q", got)
	}
	if got := (Painter{Colour: true}).Paint(Red, "x"); !strings.HasPrefix(got, "\x1b[31m") || !strings.HasSuffix(got, "\x1b[0m") {
		t.Errorf("red: %q", got)
	}
}
