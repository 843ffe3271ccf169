package fixer

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/ctxls/ctxls/internal/report"
)

// File is a file that fixes change.
type File struct {
	Path          string // absolute
	Before, After []byte
}

// Diff returns the change as a unified diff that git apply takes, with paths
// relative to the folder dir.
func (f File) Diff(dir string) string {
	name := filepath.ToSlash(report.Relative(dir, f.Path))
	before := string(f.Before)
	diff, err := udiff.ToUnifiedDiff(diffName("a/"+name), diffName("b/"+name), before, udiff.Lines(before, string(f.After)), 3)
	if err != nil {
		panic(err) // edits that don't fit the text that they were made from: impossible
	}
	// The library forgets the equal lines inside of a hunk when it numbers the
	// ones that follow.
	shift := 0
	for _, h := range diff.Hunks {
		h.ToLine = h.FromLine + shift
		for _, line := range h.Lines {
			switch line.Kind {
			case udiff.Insert:
				shift++
			case udiff.Delete:
				shift--
			}
		}
	}
	return diff.String()
}

// diffName writes a file name as git does: quoted when it has odd characters,
// and followed by a tab when a space in it could be taken for its end.
func diffName(name string) string {
	switch {
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == 0x7f }):
		var b strings.Builder
		b.WriteByte('"')
		for _, c := range []byte(name) {
			switch {
			case c == '"' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c < ' ' || c == 0x7f:
				fmt.Fprintf(&b, `\%03o`, c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('"')
		return b.String()
	case strings.Contains(name, " "):
		return name + "\t"
	}
	return name
}
