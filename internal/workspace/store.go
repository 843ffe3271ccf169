package workspace

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/cache"
)

// maxCacheSize bounds the cache on disk; above it, the entries that were not
// used for longest go.
const maxCacheSize = 1 << 30

// store keeps entries by content on disk. It may be shared by processes, and
// be deleted at any time; what cannot be read is a miss.
type store struct {
	dir   string
	stats *recorder
	limit int64

	once  sync.Once
	cache *cache.Cache // nil: none
}

func newStore(dir string, stats *recorder) *store {
	return &store{dir: dir, stats: stats, limit: maxCacheSize}
}

// open returns the cache, or nil when there is none.
func (s *store) open() *cache.Cache {
	s.once.Do(func() {
		if s.dir == "" {
			return
		}
		if err := os.MkdirAll(s.dir, 0o777); err != nil {
			s.stats.cacheError(fmt.Errorf("making the cache folder: %w", err))
			return
		}
		c, err := cache.Open(s.dir)
		if err != nil {
			s.stats.cacheError(fmt.Errorf("opening the cache: %w", err))
			return
		}
		s.cache = c
	})
	return s.cache
}

// get decodes the entry for key into value.
func (s *store) get(key digest, value any) bool {
	c := s.open()
	if c == nil {
		return false
	}
	data, _, err := c.GetBytes(cache.ActionID(key))
	return err == nil && gob.NewDecoder(bytes.NewReader(data)).Decode(value) == nil
}

func (s *store) put(key digest, value any) {
	c := s.open()
	if c == nil {
		return
	}
	var buf bytes.Buffer
	err := gob.NewEncoder(&buf).Encode(value)
	if err == nil {
		err = c.PutBytes(cache.ActionID(key), buf.Bytes())
	}
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody has deleted the folder.
		if os.MkdirAll(s.dir, 0o777) == nil {
			if c, err = cache.Open(s.dir); err == nil {
				err = c.PutBytes(cache.ActionID(key), buf.Bytes())
			}
		}
	}
	if err != nil {
		s.stats.cacheError(fmt.Errorf("writing to the cache: %w", err))
	}
}

// close drops entries that are old, or too many.
func (s *store) close() error {
	c := s.open()
	if c == nil {
		return nil
	}
	if err := c.Trim(); err != nil {
		s.stats.cacheError(fmt.Errorf("trimming the cache: %w", err))
		return nil
	}
	s.shrink()
	return nil
}

// shrink removes the files that were not used for longest, until four fifths
// of the limit are left. The size is looked at once an hour.
func (s *store) shrink() {
	stamp := filepath.Join(s.dir, "size.txt")
	if info, err := os.Stat(stamp); err == nil && time.Since(info.ModTime()) < time.Hour {
		return
	}
	type entry struct {
		path string
		size int64
		used time.Time
	}
	var entries []entry
	var total int64
	filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == s.dir {
			return nil
		}
		if info, err := d.Info(); err == nil {
			entries = append(entries, entry{path, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	if total > s.limit {
		slices.SortFunc(entries, func(a, b entry) int { return a.used.Compare(b.used) })
		for _, e := range entries {
			if total <= s.limit/5*4 {
				break
			}
			if os.Remove(e.path) == nil {
				total -= e.size
			}
		}
	}
	if err := os.WriteFile(stamp, fmt.Appendln(nil, total), 0o666); err != nil {
		s.stats.cacheError(fmt.Errorf("trimming the cache: %w", err))
	}
}
