package server

import (
	"encoding/json"
)

func publishOf(uri string) func(message) bool {
	return func(m message) bool {
		var p struct{ URI string }
		return m.Method == "textDocument/publishDiagnostics" && json.Unmarshal(m.Params, &p) == nil && p.URI == uri
	}
}

// published waits for the next diagnostics of a file.
func (p *peer) published(uri string) published {
	p.t.Helper()
	m := p.next("diagnostics of "+uri, publishOf(uri))
	var d published
	if err := json.Unmarshal(m.Params, &d); err != nil {
		p.t.Fatal(err)
	}
	if d.Diagnostics == nil {
		p.t.Errorf("diagnostics of %s are null", uri)
	}
	return d
}

type published struct {
	URI         string
	Version     *int
	Diagnostics []diagnostic
}

type diagnostic struct {
	Range           textRange
	Severity        int
	Code            string
	CodeDescription struct{ Href string }
	Source          string
	Message         string
	Tags            []int
	Data            json.RawMessage

	RelatedInformation []struct {
		Location struct {
			URI   string
			Range textRange
		}
		Message string
	}
}

type textRange struct {
	Start textPosition `json:"start"`
	End   textPosition `json:"end"`
}

type textPosition struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}
