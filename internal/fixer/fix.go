package fixer

import (
	"bytes"
	"cmp"
	"context"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"

	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/workspace"
)

// maxRounds bounds how often the code is analysed again after fixes: a fix
// may reveal another finding, and one that overlaps with another has to wait.
const maxRounds = 10

// Checker is what fixing needs of a [checker.Checker].
type Checker interface {
	Run(ctx context.Context) (*checker.Result, error)
	Text(file string) ([]byte, error) // that the last Run saw
	SetText(file string, text []byte)
	ErrorsAround(ctx context.Context, files []string) ([]workspace.Error, error)
}

// Outcome is what fixing came to. Nothing is written before [Outcome.Write].
type Outcome struct {
	Files   []File // that changed, sorted by path
	Applied int    // fixes
	Left    *checker.Result
}

// Fix applies the safe fixes, or with unsafe the first fix of each finding,
// until there are none left that can be applied. A fix after which a file no
// longer parses, its package no longer type-checks, or its finding still
// stands, is left out.
func Fix(ctx context.Context, c Checker, unsafe bool) (*Outcome, error) {
	left, err := c.Run(ctx)
	if err != nil {
		return nil, err
	}
	original, current := make(map[string][]byte), make(map[string][]byte)
	applied := 0
	var refused []refusal
	for range maxRounds {
		r := newRound(c, left.Errors)
		if err := r.pick(ctx, Choose(offered(left.Findings, refused), unsafe)); err != nil {
			return nil, err
		}
		if len(r.accepted) == 0 {
			break
		}
		if left, err = r.settle(ctx, left.Findings); err != nil {
			return nil, err
		}
		refused = r.followed(refused, left.Findings)
		applied += len(r.accepted)
		for path, text := range r.texts {
			if _, ok := original[path]; !ok {
				original[path] = r.base[path]
			}
			current[path] = text
		}
	}
	out := &Outcome{Applied: applied, Left: left}
	for path, text := range current {
		if !bytes.Equal(original[path], text) {
			out.Files = append(out.Files, File{path, original[path], text})
		}
	}
	slices.SortFunc(out.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return out, nil
}

// Write writes the files. What cannot be written is among the errors of Left
// then, and the findings that are left there among its findings.
func (o *Outcome) Write(ctx context.Context, c Checker) error {
	var failed []workspace.Error
	for _, f := range o.Files {
		if err := f.Write(); err != nil {
			failed = append(failed, workspace.Error{File: f.Path, Message: err.Error()})
			c.SetText(f.Path, nil)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	left, err := c.Run(ctx)
	if err != nil {
		return err
	}
	left.Errors = append(left.Errors, failed...)
	o.Left = left
	return nil
}

// round applies fixes that were all computed on the same texts.
type round struct {
	c     Checker
	known map[problem]int   // how often each error is there without fixes
	base  map[string][]byte // the texts before, by path

	accepted []Chosen
	texts    map[string][]byte // with the accepted fixes applied
	lines    map[string]tidied // what formatting did to the lines of texts
	refused  []Chosen          // because their findings still stand
}

// problem is an error without its place, which fixes may move.
type problem struct{ file, message string }

func count(errs []workspace.Error) map[problem]int {
	n := make(map[problem]int)
	for _, e := range errs {
		n[problem{e.File, e.Message}]++
	}
	return n
}

func newRound(c Checker, known []workspace.Error) *round {
	return &round{c: c, known: count(known), base: make(map[string][]byte), texts: make(map[string][]byte)}
}

// pick accepts those of the fixes with which the code stays sound, and leaves
// the checker with their texts. It tries all at once, then halves.
func (r *round) pick(ctx context.Context, fixes []Chosen) error {
	if len(fixes) == 0 {
		return nil
	}
	all := slices.Concat(r.accepted, fixes)
	texts, lines, err := r.patch(all)
	if err != nil {
		return err
	}
	sound := false
	if texts != nil {
		if sound, err = r.sound(ctx, texts); err != nil {
			return err
		}
	}
	if sound {
		r.accepted, r.texts, r.lines = all, texts, lines
		return nil
	}
	if len(fixes) == 1 {
		return nil
	}
	half := len(fixes) / 2
	if err := r.pick(ctx, fixes[:half]); err != nil {
		return err
	}
	return r.pick(ctx, fixes[half:])
}

// patch returns the texts of the files with the fixes applied, nil if they
// cannot be applied or a file no longer parses, and what formatting did to
// their lines.
func (r *round) patch(fixes []Chosen) (texts map[string][]byte, lines map[string]tidied, err error) {
	texts, lines = make(map[string][]byte), make(map[string]tidied)
	for path, edits := range EditsByFile(fixes) {
		before, ok := r.base[path]
		if !ok {
			if before, err = r.c.Text(path); err != nil {
				return nil, nil, err
			}
			r.base[path] = before
		}
		after, err := Apply(before, edits)
		if err != nil {
			return nil, nil, nil
		}
		formatted, ok := tidy(path, before, after)
		if !ok {
			return nil, nil, nil
		}
		texts[path] = formatted
		lines[path] = newTidied(after, formatted)
	}
	return texts, lines, nil
}

// tidy checks that the text parses, and formats it when it was formatted
// before the fixes. A comment may have to be aligned anew.
func tidy(path string, before, after []byte) (text []byte, ok bool) {
	if _, err := parser.ParseFile(token.NewFileSet(), path, after, parser.SkipObjectResolution); err != nil {
		return nil, false
	}
	if formatted, err := format.Source(before); err != nil || !bytes.Equal(formatted, before) {
		return after, true
	}
	formatted, err := format.Source(after)
	return formatted, err == nil
}

// sound reports whether the texts bring no new error into their packages. The
// checker keeps them if so, else it has those of the accepted fixes again.
func (r *round) sound(ctx context.Context, texts map[string][]byte) (bool, error) {
	paths := slices.Sorted(maps.Keys(texts))
	for _, path := range paths {
		r.c.SetText(path, texts[path])
	}
	errs, err := r.c.ErrorsAround(ctx, paths)
	if err != nil {
		return false, err
	}
	for p, n := range count(errs) {
		if n > r.known[p] {
			for _, path := range paths {
				if text, ok := r.texts[path]; ok {
					r.c.SetText(path, text)
				} else {
					r.c.SetText(path, r.base[path])
				}
			}
			return false, nil
		}
	}
	return true, nil
}
