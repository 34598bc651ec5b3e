package expr

// countryAliases are names of countries that CLDR spells in another way, folded.
func countryAliases() map[string]string {
	return map[string]string{
		"us": "US", "u.s.": "US", "u.s": "US", "usa": "US", "u.s.a.": "US", "united states of america": "US", "america": "US", "states": "US",
		"uk": "GB", "u.k.": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
		"deutschland": "DE", "österreich": "AT", "schweiz": "CH", "suisse": "CH", "españa": "ES", "italia": "IT", "nederland": "NL",
		"holland": "NL", "belgië": "BE", "belgique": "BE", "danmark": "DK", "norge": "NO", "sverige": "SE", "suomi": "FI", "polska": "PL",
		"czech republic": "CZ", "russia": "RU", "south korea": "KR", "korea": "KR", "republic of korea": "KR", "hong kong": "HK", "macau": "MO",
		"viet nam": "VN", "uae": "AE", "u.a.e.": "AE", "emirates": "AE", "turkey": "TR", "türkiye": "TR", "ivory coast": "CI",
		"brasil": "BR", "méxico": "MX", "republic of ireland": "IE", "eire": "IE", "macedonia": "MK", "taiwan, province of china": "TW",
	}
}

// subdivisions are the regions that postings abbreviate, by ISO 3166-2. The order
// settles an abbreviation that two countries share.
func subdivisions() []string {
	return []string{
		"US|AL=Alabama;AK=Alaska;AZ=Arizona;AR=Arkansas;CA=California;CO=Colorado;CT=Connecticut;DE=Delaware;DC=District of Columbia;" +
			"FL=Florida;GA=Georgia;HI=Hawaii;ID=Idaho;IL=Illinois;IN=Indiana;IA=Iowa;KS=Kansas;KY=Kentucky;LA=Louisiana;ME=Maine;" +
			"MD=Maryland;MA=Massachusetts;MI=Michigan;MN=Minnesota;MS=Mississippi;MO=Missouri;MT=Montana;NE=Nebraska;NV=Nevada;" +
			"NH=New Hampshire;NJ=New Jersey;NM=New Mexico;NY=New York;NC=North Carolina;ND=North Dakota;OH=Ohio;OK=Oklahoma;OR=Oregon;" +
			"PA=Pennsylvania;PR=Puerto Rico;RI=Rhode Island;SC=South Carolina;SD=South Dakota;TN=Tennessee;TX=Texas;UT=Utah;VT=Vermont;" +
			"VA=Virginia;WA=Washington;WV=West Virginia;WI=Wisconsin;WY=Wyoming",
		"CA|AB=Alberta;BC=British Columbia;MB=Manitoba;NB=New Brunswick;NL=Newfoundland and Labrador;NS=Nova Scotia;NT=Northwest Territories;" +
			"NU=Nunavut;ON=Ontario;PE=Prince Edward Island;QC=Quebec;QC=Québec;SK=Saskatchewan;YT=Yukon",
		"GB|ENG=England;SCT=Scotland;WLS=Wales;NIR=Northern Ireland",
		"AU|NSW=New South Wales;VIC=Victoria;QLD=Queensland;WA=Western Australia;SA=South Australia;TAS=Tasmania;ACT=Australian Capital Territory;NT=Northern Territory",
		"DE|BW=Baden-Württemberg;BY=Bayern;BY=Bavaria;BE=Berlin;BB=Brandenburg;HB=Bremen;HH=Hamburg;HE=Hessen;HE=Hesse;NI=Niedersachsen;" +
			"NW=Nordrhein-Westfalen;NW=North Rhine-Westphalia;RP=Rheinland-Pfalz;SL=Saarland;SN=Sachsen;SN=Saxony;ST=Sachsen-Anhalt;SH=Schleswig-Holstein;TH=Thüringen",
		"IN|KA=Karnataka;MH=Maharashtra;TN=Tamil Nadu;TS=Telangana;HR=Haryana;UP=Uttar Pradesh;DL=Delhi;GJ=Gujarat;KL=Kerala;WB=West Bengal",
	}
}

// knownCities are nicknames, and cities that postings give without a country.
func knownCities() map[string]knownCity {
	ny, sf := knownCity{"New York", "US-NY", "US"}, knownCity{"San Francisco", "US-CA", "US"}
	la, dc := knownCity{"Los Angeles", "US-CA", "US"}, knownCity{"Washington", "US-DC", "US"}
	return map[string]knownCity{
		"nyc": ny, "new york city": ny, "manhattan": ny, "sf": sf, "san francisco": sf, "sf bay area": {"", "US-CA", "US"},
		"bay area": {"", "US-CA", "US"}, "san francisco bay area": {"", "US-CA", "US"}, "silicon valley": {"", "US-CA", "US"},
		"la": la, "los angeles": la, "dc": dc, "washington dc": dc, "washington d.c.": dc, "washington, dc": dc, "chicago": {"Chicago", "US-IL", "US"},
		"seattle": {"Seattle", "US-WA", "US"}, "boston": {"Boston", "US-MA", "US"}, "austin": {"Austin", "US-TX", "US"},
		"atlanta": {"Atlanta", "US-GA", "US"}, "denver": {"Denver", "US-CO", "US"}, "philly": {"Philadelphia", "US-PA", "US"},
		"philadelphia": {"Philadelphia", "US-PA", "US"}, "dallas": {"Dallas", "US-TX", "US"}, "houston": {"Houston", "US-TX", "US"},
		"miami": {"Miami", "US-FL", "US"}, "toronto": {"Toronto", "CA-ON", "CA"}, "montreal": {"Montreal", "CA-QC", "CA"},
		"montréal": {"Montréal", "CA-QC", "CA"}, "vancouver": {"Vancouver", "CA-BC", "CA"}, "ottawa": {"Ottawa", "CA-ON", "CA"},
		"calgary": {"Calgary", "CA-AB", "CA"}, "london": {"London", "GB-ENG", "GB"}, "manchester": {"Manchester", "GB-ENG", "GB"},
		"edinburgh": {"Edinburgh", "GB-SCT", "GB"}, "glasgow": {"Glasgow", "GB-SCT", "GB"}, "cardiff": {"Cardiff", "GB-WLS", "GB"},
		"belfast": {"Belfast", "GB-NIR", "GB"}, "dublin": {"Dublin", "", "IE"}, "berlin": {"Berlin", "DE-BE", "DE"},
		"munich": {"Munich", "DE-BY", "DE"}, "münchen": {"München", "DE-BY", "DE"}, "hamburg": {"Hamburg", "DE-HH", "DE"},
		"frankfurt": {"Frankfurt", "DE-HE", "DE"}, "paris": {"Paris", "", "FR"}, "amsterdam": {"Amsterdam", "", "NL"},
		"brussels": {"Brussels", "", "BE"}, "madrid": {"Madrid", "", "ES"}, "barcelona": {"Barcelona", "", "ES"}, "lisbon": {"Lisbon", "", "PT"},
		"zurich": {"Zurich", "", "CH"}, "zürich": {"Zürich", "", "CH"}, "geneva": {"Geneva", "", "CH"}, "vienna": {"Vienna", "", "AT"},
		"stockholm": {"Stockholm", "", "SE"}, "copenhagen": {"Copenhagen", "", "DK"}, "oslo": {"Oslo", "", "NO"}, "warsaw": {"Warsaw", "", "PL"},
		"prague": {"Prague", "", "CZ"}, "singapore": {"Singapore", "", "SG"}, "hong kong": {"Hong Kong", "", "HK"}, "tokyo": {"Tokyo", "", "JP"},
		"sydney": {"Sydney", "AU-NSW", "AU"}, "melbourne": {"Melbourne", "AU-VIC", "AU"}, "bangalore": {"Bangalore", "IN-KA", "IN"},
		"bengaluru": {"Bengaluru", "IN-KA", "IN"}, "hyderabad": {"Hyderabad", "IN-TS", "IN"}, "pune": {"Pune", "IN-MH", "IN"},
		"mumbai": {"Mumbai", "IN-MH", "IN"}, "tel aviv": {"Tel Aviv", "", "IL"}, "são paulo": {"São Paulo", "", "BR"}, "tbilisi": {"Tbilisi", "", "GE"}, "batumi": {"Batumi", "", "GE"}, "mexico city": {"Mexico City", "", "MX"},
	}
}
