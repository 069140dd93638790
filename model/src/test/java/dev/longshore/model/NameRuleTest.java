package dev.longshore.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameRuleTest {

    @ParameterizedTest
    @CsvSource({
        "DNS_SUBDOMAIN, a.b-c.1",
        "DNS_LABEL, 1-a",
        "DNS_1035_LABEL, a-1",
        "PATH_SEGMENT, system:node",
        "ADDRESS, 10.0.0.1",
        "ADDRESS, 2001:db8::1",
        "ADDRESS, ::",
        "ANY, '/%'",
    })
    void goodNamesPass(NameRule rule, String name) {
        assertThat(rule.check(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DNS_SUBDOMAIN | a..b | a lowercase RFC 1123 subdomain must",
                "DNS_LABEL | a.b | a lowercase RFC 1123 label must",
                "DNS_1035_LABEL | 1a | a DNS-1035 label must",
                "PATH_SEGMENT | .. | may not be '..'",
                "PATH_SEGMENT | a/b | may not contain '/'",
                "PATH_SEGMENT | a%b | may not contain '%'",
                "ADDRESS | web | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "ADDRESS | 10.0.0.256 | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "ADDRESS | 10.0.0.01 | must not have leading 0s",
                "ADDRESS | ::ffff:10.0.0.1 | must not be an IPv4-mapped IPv6 address",
                "ADDRESS | 2001:DB8:0:0::1 | must be in canonical form (\"2001:db8::1\")",
            })
    void badNamesAreToldWhy(NameRule rule, String name, String why) {
        assertThat(rule.check(name)).singleElement().asString().startsWith(why);
    }

    @Test
    void longNamesAreToldHowLongTheyMayBe() {
        assertThat(NameRule.DNS_LABEL.check("a".repeat(64))).containsExactly("must be no more than 63 bytes");
        assertThat(NameRule.DNS_SUBDOMAIN.check("a".repeat(254))).containsExactly("must be no more than 253 bytes");
        assertThat(NameRule.DNS_SUBDOMAIN.check("-".repeat(1_000_000)))
                .hasSize(2)
                .first()
                .isEqualTo("must be no more than 253 bytes");
    }
}
