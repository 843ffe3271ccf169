package server

import (
	"context"

	"github.com/ctxls/ctxls/internal/workspace"
)

// driver is what a view needs of a [workspace.Workspace]. Tests put one in its
// place that blocks, fails or panics when they say so.
type driver interface {
	SetOverlay(path string, text []byte)
	FilesChanged(paths ...string)
	Snapshot(ctx context.Context, patterns ...string) (snapshot, error)
	Close() error
}

// snapshot is what a view needs of a [workspace.Snapshot].
type snapshot interface {
	Same(as snapshot) bool // both are of one driver, and of the same state of it
	Roots() []string
	Containing(file string) []string
	Importers(ids ...string) []string
	Errors() []workspace.Error
	Sources() []string // files that may change, of all loaded packages
	AnalyzeInParts(ctx context.Context, ids []string, early func(workspace.Part), each func(workspace.PackageResult)) error
	Retain(ctx context.Context, ids []string) error // makes the next edit in these packages cheap
	Text(file string) ([]byte, error)
	With(texts map[string][]byte) snapshot // the same with other texts, only to look at
}

type driverOptions = workspace.Options

type workspaceDriver struct{ *workspace.Workspace }

func newWorkspaceDriver(o driverOptions) driver {
	return workspaceDriver{workspace.New(o)}
}

func (d workspaceDriver) Snapshot(ctx context.Context, patterns ...string) (snapshot, error) {
	s, err := d.Workspace.Snapshot(ctx, patterns...)
	if err != nil {
		return nil, err
	}
	return workspaceSnapshot{s, d.Workspace}, nil
}

type workspaceSnapshot struct {
	*workspace.Snapshot
	of *workspace.Workspace // that this is a state of, whose IDs say nothing of others
}

func (s workspaceSnapshot) Same(as snapshot) bool {
	other, ok := as.(workspaceSnapshot)
	return ok && s.of != nil && s.of == other.of && s.ID() == other.ID()
}

func (s workspaceSnapshot) With(texts map[string][]byte) snapshot {
	return workspaceSnapshot{s.Snapshot.With(texts), nil}
}
