package dev.longshore.linux.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DbusMessageTest {

    @Test
    void whatIsWrittenIsReadAgain() {
        var message = new DbusMessage(
                DbusMessage.Type.METHOD_CALL,
                7,
                Map.of(DbusMessage.Field.PATH, "/a", DbusMessage.Field.MEMBER, "M"),
                "sutb",
                List.of("täxt", 5, 1L << 40, true));

        byte[] bytes = message.encoded();
        DbusMessage read = DbusMessage.decode(bytes);

        assertThat(DbusMessage.length(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
        assertThat(read.values()).isEqualTo(message.values());
        assertThat(read.text(DbusMessage.Field.PATH)).isEqualTo("/a");
        assertThat(read.serial()).isEqualTo(7);
    }

    @Test
    void theOtherByteOrderIsReadToo() {
        // A signal with one boolean, highest byte first.
        byte[] bytes = HexFormat.of()
                .parseHex("42040001" + "00000004" + "00000002" + "00000017" + "01016f00" + "000000022f6100"
                        + "0000000000" + "08016700" + "016200" + "00" + "00000001");

        assertThat(DbusMessage.decode(bytes).values()).containsExactly(true);
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItIsRead() {
        byte[] bytes = HexFormat.of().parseHex("6c010001" + "ffffffff" + "01000000" + "00000000");

        assertThatThrownBy(() -> DbusMessage.length(ByteBuffer.wrap(bytes)))
                .isInstanceOf(DbusException.class)
                .hasMessage("a message of 4294967311 bytes is too long");
    }

    @Property(tries = 500)
    void rubbishIsNoMessageAndNothingWorse(@ForAll @Size(max = 64) byte[] rubbish) {
        byte[] bytes = Arrays.copyOf(HexFormat.of().parseHex("6c010001"), 4 + rubbish.length);
        System.arraycopy(rubbish, 0, bytes, 4, rubbish.length);

        try {
            DbusMessage.decode(bytes);
        } catch (DbusException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }
}
