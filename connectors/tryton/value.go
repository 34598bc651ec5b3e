package tryton

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/staffing"
)

// Tryton's JSON marks what JSON has no type for with a member __class__. A plain
// number in the place of a Decimal would be stored too, as a float: hence types.

// maxPlaces bounds exponents and digits that an answer may give: to write
// 1e999999999 out would take all memory.
const maxPlaces = 30

// object is a record to be written.
type object map[string]any

// list is what parameters and search domains are made of.
type list []any

// amount is a Decimal.
type amount struct{ decimal.Decimal }

// MarshalJSON writes {"__class__": "Decimal", "decimal": "95.0000"}.
func (a amount) MarshalJSON() ([]byte, error) {
	return json.Marshal(object{"__class__": "Decimal", "decimal": a.String()})
}

// UnmarshalJSON reads that form, and a plain number, by which floats come.
func (a *amount) UnmarshalJSON(b []byte) error {
	var boxed struct {
		Decimal string `json:"decimal"`
	}
	text := string(b)
	if bytes.HasPrefix(b, []byte("{")) {
		if err := json.Unmarshal(b, &boxed); err != nil {
			return err
		}
		text = boxed.Decimal
	}
	if text == "null" {
		return nil
	}
	d, err := decimal.NewFromString(text)
	if err != nil || len(text) > 60 || d.Exponent() > maxPlaces || d.Exponent() < -maxPlaces {
		return staffing.Errorf(staffing.Unavailable, "Tryton gave an amount that is no number")
	}
	a.Decimal = d
	return nil
}

// quantity is written as a plain number, digit by digit: Tryton keeps quantities
// as floats, and no float is made on this side.
func quantity(d decimal.Decimal) json.Number { return json.Number(d.String()) }

// day is a calendar date.
type day struct{ staffing.Date }

type dateParts struct {
	Class  string `json:"__class__"`
	Year   int    `json:"year"`
	Month  int    `json:"month"`
	Day    int    `json:"day"`
	Hour   int    `json:"hour,omitempty"`
	Minute int    `json:"minute,omitempty"`
	Second int    `json:"second,omitempty"`
	Micro  int    `json:"microsecond,omitempty"`
}

// MarshalJSON writes {"__class__": "date", "year": 2026, "month": 11, "day": 30}.
func (d day) MarshalJSON() ([]byte, error) {
	t := d.Time()
	return json.Marshal(dateParts{Class: "date", Year: t.Year(), Month: int(t.Month()), Day: t.Day()})
}

// UnmarshalJSON reads that form; null is no date.
func (d *day) UnmarshalJSON(b []byte) error {
	var p dateParts
	if err := json.Unmarshal(b, &p); err != nil || string(b) == "null" {
		return err
	}
	d.Date = staffing.DateOf(p.time())
	return nil
}

// moment is a time in UTC; Tryton keeps times without a zone.
type moment struct{ time.Time }

// UnmarshalJSON reads {"__class__": "datetime", ...}; null is the zero time.
func (m *moment) UnmarshalJSON(b []byte) error {
	var p dateParts
	if err := json.Unmarshal(b, &p); err != nil || string(b) == "null" {
		return err
	}
	m.Time = p.time()
	return nil
}

func (p dateParts) time() time.Time {
	return time.Date(p.Year, time.Month(p.Month), p.Day, p.Hour, p.Minute, p.Second, p.Micro*1000, time.UTC)
}
