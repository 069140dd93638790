package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.runtime.RuntimeFaultException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A runtime that only runs build steps.
class NoImagesTest {

    private final NoImages none = new NoImages();

    @Test
    void itHasNoImageAndSaysSoToWhoeverWantsOne() {
        assertThat(none.list()).isEmpty();
        assertThat(none.status("busybox")).isEmpty();
        assertThatThrownBy(() -> none.pull("busybox", Optional.empty()))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessage("there is no image busybox: this runtime has none, and only runs build steps");
        Digest image = Digest.sha256(new byte[0]);
        assertThatThrownBy(() -> none.prepare(image, "c"))
                .isInstanceOf(RuntimeFaultException.class)
                .hasMessageContaining(image.toString());
    }

    @Test
    void whatIsLetGoThatWasNeverTakenIsNoError() {
        none.release("c");
        none.remove("busybox");

        assertThat(none.list()).isEmpty();
    }
}
