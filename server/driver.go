package server

import (
	"context"

	"github.com/ctxls/ctxls/diagnostics"
	"github.com/ctxls/ctxls/internal/workspace"
)

// driver is what a view needs of a [workspace.Workspace]. Tests put one in its
// place that blocks, fails or panics when they say so.
type driver interface {
	SetOverlay(path string, text []byte)
	FilesChanged(paths ...string)
	Reload()
	Snapshot(ctx context.Context, patterns ...string) (snapshot, error)
	Close() error
}

// snapshot is what a view needs of a [workspace.Snapshot].
type snapshot interface {
	Roots() []string
	Containing(file string) []string
	Importers(ids ...string) []string
	Errors() []workspace.Error
	Analyze(ctx context.Context, ids []string, each func(workspace.PackageResult)) error
	Text(file string) ([]byte, error)
}

type driverOptions = workspace.Options

type workspaceDriver struct{ *workspace.Workspace }

func newWorkspaceDriver(o driverOptions) driver {
	o.Root = diagnostics.Suite
	return workspaceDriver{workspace.New(o)}
}

func (d workspaceDriver) Snapshot(ctx context.Context, patterns ...string) (snapshot, error) {
	s, err := d.Workspace.Snapshot(ctx, patterns...)
	if err != nil {
		return nil, err
	}
	return s, nil
}
