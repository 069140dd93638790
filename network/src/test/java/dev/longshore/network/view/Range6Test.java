package dev.longshore.network.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Range6Test {

    @ParameterizedTest
    @CsvSource({
        "fd00::/64, fd00::/64",
        "FD00:0:0:1::5/64, fd00:0:0:1::/64",
        "::/0, ::/0",
        "2001:db8:0:0:1:0:0:1/128, 2001:db8::1:0:0:1/128",
        "1:0:2:0:3:0:4:0/128, 1:0:2:0:3:0:4:0/128",
        "::1, ::1/128"
    })
    void isSpelledInTheShortestWay(String text, String canonical) {
        assertThat(Range6.parse(text)).hasToString(canonical);
    }

    @Test
    void knowsWhatIsInIt() {
        Range6 range = Range6.parse("fd00:1::/64");

        assertThat(range.address(1)).isEqualTo("fd00:1::1");
        assertThat(range.contains("fd00:1::ffff")).isTrue();
        assertThat(range.contains("fd00:2::1")).isFalse();
        assertThat(range.overlaps(Range6.parse("fd00::/16"))).isTrue();
        assertThat(range.overlaps(Range6.parse("fd00:1:0:1::/64"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.2.3.4", "::ffff:1.2.3.4", "fd00::1%eth0", "localhost", "1:2", ":::"})
    void whatIsNoAddressIsRefusedAndNeverLookedUp(String text) {
        assertThat(Range6.isAddress(text)).isFalse();
        assertThatThrownBy(() -> Range6.parse(text + "/64")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 200)
    void everyAddressIsReadAsItIsSpelled(@ForAll @Size(16) byte[] bytes) throws Exception {
        // 2000::/3, so that none of them is a disguised IPv4 address.
        bytes[0] = (byte) (bytes[0] & 0x1f | 0x20);
        String spelled = Range6.canonical(InetAddress.getByAddress(bytes).getHostAddress());

        assertThat(InetAddress.getByName(spelled).getAddress()).isEqualTo(bytes);
        assertThat(Range6.canonical(spelled)).isEqualTo(spelled);
    }
}
