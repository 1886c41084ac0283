fn main(){ print!("{}", sipas::questionnaires::format::json_schema()); }
