package workspace

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"reflect"
)

// Entries on disk.
type (
	factsEntry struct {
		Out   digest
		Facts []byte
	}
	resultEntry struct {
		Errors []Error
		Ran    bool // the root analyzer has a result
		Result []byte
	}
)

func subkey(key digest, kind string) digest {
	h := newHasher(kind)
	h.digest(key)
	return h.sum()
}

// fromCache returns the outcome from disk, or nil.
func (r *analysisRun) fromCache(st *state, key digest) *outcome {
	var facts factsEntry
	if !r.w.store.get(subkey(key, "facts"), &facts) {
		return nil
	}
	set, err := decodeFacts(facts.Facts)
	if err != nil {
		return nil // as good as missing
	}
	out := &outcome{key: key, out: facts.Out, facts: set}
	if !r.wanted[st.id] {
		return out
	}
	var entry resultEntry
	if !r.w.store.get(subkey(key, "result"), &entry) {
		return nil
	}
	if entry.Ran {
		value := reflect.New(r.w.plan.root.ResultType)
		if err := gob.NewDecoder(bytes.NewReader(entry.Result)).DecodeValue(value); err != nil {
			return nil
		}
		out.result = value.Elem().Interface()
	}
	out.errors = entry.Errors
	out.analysed = true
	return out
}

func (r *analysisRun) toCache(id string, key digest, out *outcome) {
	facts, err := out.facts.encode()
	if err != nil {
		r.w.stats.lost(id, "facts", err)
		return
	}
	if out.analysed {
		entry := resultEntry{Errors: out.errors, Ran: out.result != nil}
		if entry.Ran {
			var buf bytes.Buffer
			if err := gob.NewEncoder(&buf).EncodeValue(reflect.ValueOf(out.result)); err != nil {
				r.w.stats.cacheError(fmt.Errorf("encoding the result of %s: %w", r.w.plan.root.Name, err))
				return
			}
			entry.Result = buf.Bytes()
		}
		r.w.store.put(subkey(key, "result"), entry)
	}
	r.w.store.put(subkey(key, "facts"), factsEntry{out.out, facts})
}
