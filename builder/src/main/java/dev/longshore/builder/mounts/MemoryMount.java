package dev.longshore.builder.mounts;

import dev.longshore.runtime.StepMount;
import java.util.OptionalLong;

/// `type=tmpfs`: memory.
///
/// @param bytes 0 for no limit of its own
record MemoryMount(String target, long bytes) implements RunMount {

    @Override
    public String meaning() {
        return "tmpfs " + target + " " + bytes;
    }

    @Override
    public void open(OpenMounts opened) {
        opened.add(new StepMount.Memory(target, bytes > 0 ? OptionalLong.of(bytes) : OptionalLong.empty()));
    }
}
