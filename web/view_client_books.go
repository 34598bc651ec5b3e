package web

// ClientBooks is the panel of a client's page that says what its bills name in the ERP.
// POST /clients/{id}/books sends customer, item_time and item_fee; GET /clients/{id}
// with find and text searches the ERP.
type ClientBooks struct {
	ERP      string // the ERP's name; empty: none is connected
	Code     string // the client's own
	Customer string
	ItemTime string
	ItemFee  string
	Problems map[string]string // by field
	Find     []Option          // what can be searched for
	Text     string
	Searched bool
	Error    string // why it could not be searched
	Found    []FoundEntry
}

// FoundEntry is one customer or item that the ERP knows.
type FoundEntry struct {
	Code string
	Name string
	Uses []FoundUse
}

// FoundUse is one way to use an entry: the three values as they would then be.
type FoundUse struct {
	Label                       string
	Customer, ItemTime, ItemFee string
}

// fields shows what is chosen to who may not choose.
func (b ClientBooks) fields() []Field {
	return []Field{{Label: "Customer", Value: orElse(b.Customer, b.Code)}, {Label: "Item for time", Value: orElse(b.ItemTime, "that of the connection")},
		{Label: "Item for fees", Value: orElse(b.ItemFee, "that of the connection")}}
}
