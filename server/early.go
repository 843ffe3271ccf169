package server

import (
	"context"

	"github.com/ctxls/ctxls/internal/workspace"
)

// earlyResults are the results of edited files that won't change any more once
// the rest of their package is known. They have no story.
func (s *session) earlyResults(v *view, snap snapshot, part workspace.Part) map[string]*fileResult {
	results := s.results(v, snap, workspace.PackageResult{ID: part.ID, Files: part.Files, Result: part.Result})
	for path := range results {
		// What functions of other files had to say of it comes with the rest.
		if old := v.result(path); old == nil || old.apart || old.problem != nil {
			delete(results, path)
		}
	}
	return results
}

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
	default: // it failed in a way that is logged, or is outdated
		return nil, nil, context.Cause(work)
	}
}
