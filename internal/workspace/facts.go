package workspace

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// factKey names a fact of a package: of the package itself, or of the object
// at a path of package objectpath.
type factKey struct {
	object string // empty: the package
	typ    reflect.Type
}

// factSet holds the facts of one package. It does not depend on any instance
// of the package's types.
type factSet struct {
	facts map[factKey]analysis.Fact
}

// gobFact is the encoded form of a fact.
type gobFact struct {
	Object string
	Fact   analysis.Fact
}

// get copies a fact into ptr.
func (s *factSet) get(object string, ptr analysis.Fact) bool {
	if s == nil {
		return false
	}
	fact := s.facts[factKey{object, reflect.TypeOf(ptr)}]
	if fact == nil {
		return false
	}
	reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(fact).Elem())
	return true
}

// mentionsObjects reports whether any fact is about an object.
func (s *factSet) mentionsObjects() bool {
	for key := range s.facts {
		if key.object != "" {
			return true
		}
	}
	return false
}

// sorted returns the facts in a fixed order.
func (s *factSet) sorted() []gobFact {
	type entry struct {
		gobFact
		typ string
	}
	var list []entry
	for key, fact := range s.facts {
		list = append(list, entry{gobFact{key.object, fact}, key.typ.String()})
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.Object, b.Object), strings.Compare(a.typ, b.typ))
	})
	out := make([]gobFact, len(list))
	for i, e := range list {
		out[i] = e.gobFact
	}
	return out
}

func (s *factSet) encode() ([]byte, error) {
	facts := s.sorted()
	if len(facts) == 0 {
		return nil, nil
	}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(facts); err != nil {
		return nil, fmt.Errorf("encoding facts: %w", err)
	}
	return buf.Bytes(), nil
}

func decodeFacts(data []byte) (*factSet, error) {
	if len(data) == 0 {
		return new(factSet), nil
	}
	var list []gobFact
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&list); err != nil {
		return nil, fmt.Errorf("decoding facts: %w", err)
	}
	facts := make(map[factKey]analysis.Fact, len(list))
	for _, f := range list {
		if f.Fact == nil {
			return nil, fmt.Errorf("decoding facts: there is none for %q", f.Object)
		}
		facts[factKey{f.Object, reflect.TypeOf(f.Fact)}] = f.Fact
	}
	return &factSet{facts}, nil
}

// digest hashes the values of the facts. Their encoding won't do: gob writes
// maps in any order.
func (s *factSet) digest() digest {
	h := newHasher("facts")
	for _, f := range s.sorted() {
		h.string(f.Object)
		h.string(reflect.TypeOf(f.Fact).String())
		hashValue(h, reflect.ValueOf(f.Fact), 0)
	}
	return h.sum()
}

// hashValue hashes a value by structure, maps in the order of their keys.
func hashValue(h hasher, v reflect.Value, depth int) {
	if depth > 100 {
		return // a cycle, which gob could not have encoded either
	}
	depth++
	if !v.IsValid() {
		h.string("nil")
		return
	}
	if v.CanInterface() {
		if enc, ok := v.Interface().(gob.GobEncoder); ok && !(v.Kind() == reflect.Pointer && v.IsNil()) {
			data, err := enc.GobEncode()
			if err == nil {
				h.bytes(data)
				return
			}
		}
	}
	h.int(int(v.Kind()))
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			h.string("nil")
			return
		}
		if v.Kind() == reflect.Interface {
			h.string(v.Elem().Type().String())
		}
		hashValue(h, v.Elem(), depth)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() { // as gob has it
				hashValue(h, v.Field(i), depth)
			}
		}
	case reflect.Slice, reflect.Array:
		h.int(v.Len())
		for i := range v.Len() {
			hashValue(h, v.Index(i), depth)
		}
	case reflect.Map:
		h.int(v.Len())
		entries := make([]digest, 0, v.Len())
		for iter := v.MapRange(); iter.Next(); {
			e := newHasher("entry")
			hashValue(e, iter.Key(), depth)
			hashValue(e, iter.Value(), depth)
			entries = append(entries, e.sum())
		}
		slices.SortFunc(entries, func(a, b digest) int { return bytes.Compare(a[:], b[:]) })
		for _, e := range entries {
			h.digest(e)
		}
	default:
		fmt.Fprintf(h.h, "%v;", v)
	}
}
