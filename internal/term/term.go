// Package term writes to terminals: progress and colours, and neither of them
// to anything else.
package term

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// IsTerminal reports whether w is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// HasColour reports whether w is a terminal whose user takes colours.
func HasColour(w io.Writer) bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && IsTerminal(w)
}

// Style is a way to show text, an SGR parameter.
type Style string

// The styles in use.
const (
	Bold   Style = "1"
	Dim    Style = "2"
	Red    Style = "31"
	Green  Style = "32"
	Yellow Style = "33"
	Cyan   Style = "36"
)

// A Painter styles text; the zero Painter leaves it plain.
type Painter struct{ Colour bool }

// Paint returns s in that style.
func (p Painter) Paint(style Style, s string) string {
	if !p.Colour || s == "" {
		return s
	}
	return "\x1b[" + string(style) + "m" + s + "\x1b[0m"
}

// progressInterval is how often a progress line is redrawn at most.
const progressInterval = 100 * time.Millisecond

// Progress is one line on a terminal that is redrawn. Its methods may be
// called from several goroutines.
type Progress struct {
	w io.Writer // nil: not a terminal

	mu    sync.Mutex
	drawn time.Time // zero: nothing stands on the line
}

// NewProgress returns a progress line on w; it shows nothing unless w is a
// terminal.
func NewProgress(w io.Writer) *Progress {
	if !IsTerminal(w) {
		return &Progress{}
	}
	return &Progress{w: w}
}

// Show replaces the line, unless it was drawn a moment ago.
func (p *Progress) Show(line string) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.drawn) >= progressInterval {
		p.drawn = now
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	}
}

// Clear removes the line.
func (p *Progress) Clear() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn.IsZero() {
		p.drawn = time.Time{}
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
