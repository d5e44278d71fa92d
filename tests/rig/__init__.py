"""What drives the tests: a running exchange, telephones, browsers, and the people who use them. It holds no test."""
