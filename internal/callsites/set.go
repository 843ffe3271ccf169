package callsites

import (
	"context"
	"path/filepath"
	"sync"
)

// Set has an index for each module, or workspace, that it is asked about. It is
// safe for concurrent use.
type Set struct {
	rootOf func(dir string) string

	mu      sync.Mutex
	roots   map[string]string // by folder
	indices map[string]*Index // by root
}

// NewSet returns a set in which rootOf says where the module, or workspace, of
// a folder begins.
func NewSet(rootOf func(dir string) string) *Set {
	return &Set{rootOf: rootOf, roots: make(map[string]string), indices: make(map[string]*Index)}
}

// Changed tells that files may have changed since the last answer.
func (s *Set) Changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.roots)
	for _, x := range s.indices {
		x.Changed()
	}
}

// Refutes is [Index.Refutes] of the index that a premise is about.
func (s *Set) Refutes(ctx context.Context, p Premise) bool {
	return s.of(filepath.Dir(p.File)).Refutes(ctx, p)
}

func (s *Set) of(dir string) *Index {
	s.mu.Lock()
	defer s.mu.Unlock()
	root, ok := s.roots[dir]
	if !ok {
		root = s.rootOf(dir)
		s.roots[dir] = root
	}
	x := s.indices[root]
	if x == nil {
		x = New(root)
		s.indices[root] = x
	}
	return x
}
