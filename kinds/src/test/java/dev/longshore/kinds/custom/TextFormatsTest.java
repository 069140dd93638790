package dev.longshore.kinds.custom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Formats of texts: one that fits, one that does not.
class TextFormatsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bsonobjectid   | 507f1f77bcf86cd799439011             | 507f
            uri            | https://a.b/c                        | a b
            email          | a@b.c                                | a@
            hostname       | a-b.example                          | -a.example
            ipv4           | 10.0.0.1                             | ::1
            ipv6           | ::1                                  | 10.0.0.1
            cidr           | 10.0.0.0/8                           | 10.0.0.0
            mac            | 01:23:45:67:89:ab                    | 01:23
            uuid           | 123e4567-e89b-12d3-a456-426614174000 | 123e
            uuid4          | 123e4567-e89b-42d3-a456-426614174000 | 123e4567-e89b-12d3-a456-426614174000
            isbn           | 978-0321751041                       | 978-0321751042
            isbn10         | 0321751043                           | 0321751044
            creditcard     | 4111-1111-1111-1111                  | 4111-1111-1111-1112
            ssn            | 111-11-1111                          | 111
            hexcolor       | #FFFFFF                              | #FFFF
            rgbcolor       | rgb(255, 0, 10)                      | rgb(256, 0, 0)
            byte           | YWJj                                 | a
            date           | 2020-02-29                           | 2021-02-29
            date-time      | 2020-01-02T03:04:05Z                 | 2020-01-02
            duration       | 1h30m                                | soon
            duration       | 3 weeks                              | 3 parsecs
            k8s-short-name | a-b                                  | a.b
            k8s-long-name  | a.b                                  | A.b
            """)
    void knowsWhatFits(String format, String good, String bad) {
        assertThat(TextFormats.fits(format, good)).isTrue();
        assertThat(TextFormats.fits(format, bad)).isFalse();
        assertThat(TextFormats.fits("whatever", bad)).isTrue();
    }
}
