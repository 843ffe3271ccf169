package fixer

import (
	"context"

	"github.com/ctxls/ctxls/internal/checker"
)

// Together returns the safe fixes of the findings that can be applied at once:
// with all of them the files parse, the packages type-check as far as they did
// before, and none of the findings stands any more.
func Together(ctx context.Context, c Checker, found *checker.Result) ([]Chosen, error) {
	r := newRound(c, found.Errors)
	if err := r.pick(ctx, Choose(found.Findings, false)); err != nil {
		return nil, err
	}
	if len(r.accepted) == 0 {
		return nil, nil
	}
	if _, err := r.settle(ctx, found.Findings); err != nil {
		return nil, err
	}
	return r.accepted, nil
}
