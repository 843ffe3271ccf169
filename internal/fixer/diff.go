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
	return udiff.Unified(diffName("a/"+name), diffName("b/"+name), string(f.Before), string(f.After))
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
