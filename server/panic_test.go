package server

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/ctxls/ctxls/internal/workspace"
)

// elsewhere reports results on a goroutine of its own, as the workspace does.
type elsewhere struct{ snapshot }

func (s elsewhere) AnalyzeInParts(_ context.Context, ids []string, _ func(workspace.Part), each func(workspace.PackageResult)) error {
	for _, id := range ids {
		done := make(chan struct{})
		go func() {
			defer close(done)
			each(workspace.PackageResult{ID: id})
		}()
		<-done
	}
	return nil
}

func TestPanicWithAResult(t *testing.T) {
	s := &session{log: slog.New(slog.DiscardHandler)}
	var seen []string
	err := s.eachResult(t.Context(), elsewhere{}, []string{"a", "b", "c"}, nil, func(r workspace.PackageResult) {
		if r.ID == "b" {
			panic("no good")
		}
		seen = append(seen, r.ID)
	})
	if err == nil || !strings.Contains(err.Error(), "result of b could not be taken over: no good") {
		t.Errorf("error %v", err)
	}
	if got := strings.Join(seen, ""); got != "ac" {
		t.Errorf("the results of %q came, want those of a and c", got)
	}
}

type badInput struct{}

func (badInput) Read([]byte) (int, error) { panic("no good") }

func TestPanicOfTheInput(t *testing.T) {
	opts := new(fakes).options()
	opts.Log = slog.New(slog.DiscardHandler)
	if err := Serve(t.Context(), opts, badInput{}, io.Discard); err != ErrNoShutdown {
		t.Errorf("Serve: %v", err)
	}
}
