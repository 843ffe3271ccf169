package server

import (
	"context"
	"errors"

	"go.lsp.dev/protocol"

	"github.com/ctxls/ctxls/internal/workspace"
)

// earlyResults are what is found in edited files before the rest of their
// package is looked at. It seldom changes then: only what an edit newly has
// functions of other files say comes with the rest. They have no story.
func (s *session) earlyResults(v *view, snap snapshot, part workspace.Part) map[string]*fileResult {
	results := s.results(v, snap, workspace.PackageResult{ID: part.ID, Files: part.Files, Result: part.Result})
	for path := range results {
		// What functions of other files had to say of it comes with the rest.
		if old := v.result(path); old == nil || old.pkg != part.ID || old.apart || old.problem != nil {
			delete(results, path)
			continue
		}
		results[path].early = true
	}
	return results
}

// errNoAnswer says that finding failed in a way that is logged.
var errNoAnswer = errors.New("nothing could be found out about the file")

// findSoon is find for those who do without the story. It answers as soon as the
// findings in the file are known; the analysis goes on then, for the others who
// want to know of the package, unless the document is changed.
func (s *session) findSoon(ctx context.Context, v *view, docs documents, path string) (*fileResult, []workspace.Error, error) {
	type answer struct {
		result   *fileResult
		problems []workspace.Error
		err      error
	}
	answers := make(chan answer, 2) // one early, one at the end
	work, end := whileCurrent(s.root, docs[path])
	stay := context.AfterFunc(ctx, end)
	s.spawn("finding", func() {
		defer end()
		r, problems, err := s.find(work, v, docs, path, func(r *fileResult) {
			if stay() {
				answers <- answer{result: r}
			}
		})
		answers <- answer{r, problems, err}
	})
	select {
	case a := <-answers:
		return a.result, a.problems, a.err
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	case <-work.Done():
	}
	select {
	case a := <-answers:
		return a.result, a.problems, a.err
	default:
	}
	if cause := context.Cause(work); errors.Is(cause, protocol.ErrContentModified) {
		return nil, nil, cause
	}
	return nil, nil, errNoAnswer
}
