package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DerTest {

    @ParameterizedTest
    @CsvSource({"0,0400", "127,047f", "128,048180", "255,0481ff", "256,04820100", "65535,0482ffff", "65536,0483010000"})
    void lengthsAreAsShortAsCanBe(int length, String head) {
        byte[] value = Der.value(Der.OCTETS, new byte[length]);

        assertThat(HexFormat.of().formatHex(Arrays.copyOf(value, value.length - length)))
                .isEqualTo(head);
    }

    @Test
    void partsFollowEachOther() {
        byte[] value = Der.value(Der.SEQUENCE, Der.value(Der.INTEGER, new byte[] {5}), new byte[] {5, 0});

        assertThat(HexFormat.of().formatHex(value)).isEqualTo("30050201050500");
        assertThatThrownBy(() -> Der.value(Der.OCTETS, new byte[1 << 24])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pemHasLinesOf64Letters() {
        assertThat(Der.pem("PRIVATE KEY", new byte[49])).isEqualTo("""
                -----BEGIN PRIVATE KEY-----
                AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
                AA==
                -----END PRIVATE KEY-----
                """);
    }
}
