package server

import (
	"context"
	"maps"
	"slices"

	"github.com/ctxls/ctxls/internal/checker"
	"github.com/ctxls/ctxls/internal/fixer"
	"github.com/ctxls/ctxls/internal/workspace"
)

// fixesOf returns the safe fixes of a file that go together.
func (s *session) fixesOf(ctx context.Context, v *view, path string, r *fileResult) ([]fixer.Chosen, error) {
	chosen := fixer.Choose(r.findings, false)
	if len(chosen) == 0 {
		return nil, nil
	}
	c := &fixChecker{session: s, view: v, base: r.snapshot, path: path, texts: make(map[string][]byte)}
	known, err := c.ErrorsAround(ctx, slices.Sorted(maps.Keys(fixer.EditsByFile(chosen))))
	if err != nil {
		return nil, err
	}
	return fixer.Together(ctx, c, &checker.Result{Findings: r.findings, Errors: known})
}

// fixChecker is a [fixer.Checker] that tries texts out beside a snapshot. The
// view and its driver see nothing of them. Its findings are those of one file.
type fixChecker struct {
	session *session
	view    *view
	base    snapshot
	path    string
	texts   map[string][]byte
}

func (c *fixChecker) SetText(file string, text []byte) {
	if text == nil {
		delete(c.texts, file)
		return
	}
	c.texts[file] = text
}

func (c *fixChecker) Text(file string) ([]byte, error) { return c.base.With(c.texts).Text(file) }

func (c *fixChecker) Run(ctx context.Context) (*checker.Result, error) {
	result := new(checker.Result)
	snap := c.base.With(c.texts)
	err := c.session.eachResult(ctx, snap, snap.Containing(c.path), nil, func(p workspace.PackageResult) {
		result.Errors = append(result.Errors, p.Errors...)
		if r := c.session.results(c.view, snap, p)[c.path]; r != nil {
			result.Findings = r.findings
		}
	})
	return result, err
}

func (c *fixChecker) ErrorsAround(ctx context.Context, files []string) ([]workspace.Error, error) {
	snap := c.base.With(c.texts)
	var ids []string
	for _, file := range files {
		ids = append(ids, snap.Containing(file)...)
	}
	slices.Sort(ids)
	var errs []workspace.Error
	err := c.session.eachResult(ctx, snap, slices.Compact(ids), nil, func(p workspace.PackageResult) {
		errs = append(errs, p.Errors...)
	})
	return errs, err
}
