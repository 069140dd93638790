package dev.longshore.apiserver.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SecretBoxTest {

    private static final byte[] NOWHERE = {};

    private final SecretBox box = new SecretBox("k", new SecretKeySpec(filled(32, 1), "RAW"), new SecureRandom());

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /// Expected is what Go's `golang.org/x/crypto/nacl/secretbox` makes of the same.
    @Test
    void itsBoxesAreThoseOfOtherServers() {
        byte[] sealed = box.sealed(filled(64, 3), filled(24, 2));

        assertThat(HexFormat.of().formatHex(sealed, 24, sealed.length))
                .isEqualTo(
                        "8442bc313f4626f1359e3b50122b6ce6fe66ddfe7d39d14e637eb4fd5b45beadab55198df6ab5368439792a23c87"
                                + "db70acb6156dc5ef957ac04f6276cf6093b84be77ff0849cc33e34b7254d5a8f65ad");
    }

    @Test
    void whatWasSealedIsOpened() throws GeneralSecurityException {
        for (int length : new int[] {0, 1, 31, 32, 33, 64, 10_000}) {
            byte[] plain = filled(length, 7);

            assertThat(box.open(box.seal(plain, NOWHERE), NOWHERE)).isEqualTo(plain);
        }
    }

    @Test
    void whatWasChangedIsNotOpened() {
        byte[] sealed = box.seal(filled(5, 7), NOWHERE);

        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> box.open(changed, NOWHERE)).isInstanceOf(GeneralSecurityException.class);
        }
        assertThatThrownBy(() -> box.open(filled(39, 0), NOWHERE))
                .hasMessage("the stored data was shorter than the required size");
    }
}
