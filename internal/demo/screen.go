package demo

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/ctxls/ctxls/internal/report"
	"github.com/ctxls/ctxls/internal/term"
)

// screen shows what happens.
type screen struct {
	out   io.Writer
	paint term.Painter
	dir   string // paths are relative to it
}

func (s *screen) title(format string, args ...any) {
	fmt.Fprintf(s.out, "%s\n\n", s.paint.Paint(term.Bold, fmt.Sprintf(format, args...)))
}

// finding shows a diagnostic with its line, marked, and the path to it.
func (s *screen) finding(b *buffer, d protocol.Diagnostic) {
	fmt.Fprintf(s.out, "%s %s %s\n",
		s.paint.Paint(term.Bold, s.place(b.path, d.Range.Start)+":"), s.severity(d.Severity), message(d))
	s.source(b, d.Range)
	for _, r := range d.RelatedInformation {
		fmt.Fprintf(s.out, "  %s %s\n", s.paint.Paint(term.Dim, s.place(path(r.Location.URI), r.Location.Range.Start)+":"), r.Message)
	}
	fmt.Fprintln(s.out)
}

func message(d protocol.Diagnostic) string {
	text := ""
	if m, ok := d.Message.(protocol.String); ok {
		text = string(m)
	}
	if code, ok := d.Code.(protocol.String); ok {
		text += fmt.Sprintf(" [%s]", string(code))
	}
	return text
}

func path(u uri.URI) string { return u.FsPath() }

func (s *screen) place(path string, at protocol.Position) string {
	return fmt.Sprintf("%s:%d:%d", filepath.ToSlash(report.Relative(s.dir, path)), at.Line+1, at.Character+1)
}

func (s *screen) severity(severity protocol.DiagnosticSeverity) string {
	switch severity {
	case protocol.DiagnosticSeverityError:
		return s.paint.Paint(term.Red, "error:")
	case protocol.DiagnosticSeverityWarning:
		return s.paint.Paint(term.Yellow, "warning:")
	}
	return s.paint.Paint(term.Cyan, "information:")
}

// source shows the first line of a range, with carets below it.
func (s *screen) source(b *buffer, r protocol.Range) {
	lines := bytes.Split(b.text, []byte("\n"))
	if int(r.Start.Line) >= len(lines) {
		return
	}
	line := string(lines[r.Start.Line])
	start, end := min(int(r.Start.Character), len(line)), len(line)
	if r.End.Line == r.Start.Line {
		end = min(int(r.End.Character), len(line))
	}
	indent := strings.Map(func(c rune) rune { // keeps tabs, so that the carets stand right
		if c == '\t' {
			return c
		}
		return ' '
	}, line[:start])
	number := fmt.Sprintf("%5d | ", r.Start.Line+1)
	fmt.Fprintf(s.out, "%s%s\n%s%s%s\n", s.paint.Paint(term.Dim, number), line,
		strings.Repeat(" ", len(number)), indent, s.paint.Paint(term.Yellow, strings.Repeat("^", max(end-start, 1))))
}

func (s *screen) blank() { fmt.Fprintln(s.out) }

func (s *screen) offers(name string, actions []*protocol.CodeAction) {
	fmt.Fprintln(s.out, s.paint.Paint(term.Bold, name+":"))
	for _, a := range actions {
		fmt.Fprintf(s.out, "  offered: %s\n", a.Title)
	}
}

func (s *screen) applied(a *protocol.CodeAction) {
	kind := protocol.CodeActionKindEmpty
	if a.Kind != nil {
		kind = *a.Kind
	}
	fmt.Fprintf(s.out, "  applied: %s (%s)\n", s.paint.Paint(term.Green, a.Title), kind)
}

func (s *screen) diff(diff string) {
	for line := range strings.Lines(diff) {
		text := strings.TrimSuffix(line, "\n")
		style := term.Style("")
		switch {
		case strings.HasPrefix(text, "---"), strings.HasPrefix(text, "+++"):
			style = term.Bold
		case strings.HasPrefix(text, "@@"):
			style = term.Cyan
		case strings.HasPrefix(text, "-"):
			style = term.Red
		case strings.HasPrefix(text, "+"):
			style = term.Green
		}
		if style != "" {
			text = s.paint.Paint(style, text)
		}
		fmt.Fprintln(s.out, text)
	}
	fmt.Fprintln(s.out)
}
