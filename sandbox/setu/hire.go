package setu

import (
	"encoding/json"
	"fmt"
)

// OvertimeCode is the standard's hour type of overtime, and OvertimePercent what the
// simulated client pays for it.
const (
	OvertimeCode    = "HT200"
	OvertimePercent = 150
)

// overtime is the rate of overtime as version 2 writes it: the amount of ordinary
// hours, and the multiplier beside it.
func overtime(amount, start, end string, bill bool) object {
	r := rate(amount, start, end, bill)
	r["code"], r["multiplier"] = OvertimeCode, OvertimePercent
	return r
}

// Reprice gives the assignment of an offer another bill rate from a day on.
func (s *Server) Reprice(offer, amount, from string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.assignments[offer]
	if a == nil {
		return fmt.Errorf("there is no assignment of offer %s", offer)
	}
	rates, _ := a["payRates"].([]any) // every assignment has some
	for _, r := range rates {
		if r, _ := r.(object); r["toBeBilled"] == true {
			r["amount"] = object{"value": json.Number(amount), "currency": object{"value": "EUR"}}
			at(r, "period", "datePeriod")["start"] = from
		}
	}
	return nil
}

// OldAssignment is an assignment as a message of version 1.4, whose status is one of
// active, inactive, suspended, pending, revised, cancelled and ended.
func OldAssignment(order, worker, status string) string {
	return fmt.Sprintf(`<Assignment xmlns="http://ns.hr-xml.org/2007-04-15" assignmentStatus="%s"><AssignmentId idOwner="StaffingCompany"><IdValue>1234/1</IdValue></AssignmentId>
<ReferenceInformation><StaffingCustomerId idOwner="StaffingCompany"><IdValue>223445</IdValue></StaffingCustomerId>
<OrderId idOwner="StaffingCustomer"><IdValue>%s</IdValue></OrderId><HumanResourceId idOwner="StaffingCompany"><IdValue>%s</IdValue></HumanResourceId>
<PositionId><IdValue/></PositionId><BillToEntityId idOwner="StaffingCustomer"><IdValue>VKB-INKOOP</IdValue></BillToEntityId></ReferenceInformation>
<CustomerReportingRequirements><PurchaseOrderNumber>PO123789</PurchaseOrderNumber><CostCenterCode>173</CostCenterCode></CustomerReportingRequirements>
%s%s<StaffingShift shiftPeriod="weekly"><Id><IdValue/></Id><Hours>32</Hours></StaffingShift>
<AssignmentDateRange><StartDate>2027-01-11</StartDate><ExpectedEndDate>2027-06-30</ExpectedEndDate></AssignmentDateRange>
<UserArea><AssignmentAdditionalNL xmlns="http://ns.setu.nl/2020-01"><SETUVersionId>1.4</SETUVersionId><JobTitle>Lasser</JobTitle><InclusiveRate>true</InclusiveRate></AssignmentAdditionalNL></UserArea></Assignment>`,
		escape(status), escape(order), escape(worker), oldRate("57.75", "150", "Overtime"), oldRate("38.50", "100", "Regular"))
}

func oldRate(amount, multiplier, class string) string {
	return fmt.Sprintf(`<Rates rateStatus="agreed" rateType="bill"><Amount currency="EUR" rateAmountPeriod="x:hourlyconsolidated">%s</Amount><Class>TimeInterval</Class>
<Multiplier>%s</Multiplier><StartDate>2027-01-11</StartDate><CustomerRateClassification><IdValue>%s</IdValue></CustomerRateClassification></Rates>`, amount, multiplier, class)
}
