// Package report renders findings for people and for programs.
package report

import (
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/workspace"
)

// Report is what a check found.
type Report struct {
	Findings []diagnostics.Finding
	Errors   []workspace.Error
}

// A Format writes a report; paths are shown relative to the folder dir.
type Format struct {
	Name  string
	Write func(w io.Writer, r Report, dir string) error
}

// Formats are all that there are, the default one first.
var Formats = []Format{
	{"text", writeText},
	{"table", writeTable},
	{"json", writeJSON},
}

// FormatNames are the names of [Formats].
func FormatNames() []string {
	var names []string
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return names
}

// ByName returns the format of that name.
func ByName(name string) (Format, bool) {
	i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return Formats[i], true
}

// Relative returns path as seen from the folder dir, or path itself when
// there is no way from one to the other.
func Relative(dir, path string) string {
	if path == "" {
		return ""
	}
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return path
	}
	if !isBelow(rel) {
		// The folder may be known by a symbolic link, the file by its real path.
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			if r, err := filepath.Rel(real, path); err == nil && isBelow(r) {
				return r
			}
		}
	}
	return rel
}

func isBelow(rel string) bool {
	return rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
