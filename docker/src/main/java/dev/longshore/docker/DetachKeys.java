package dev.longshore.docker;

import dev.longshore.base.BlockInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/// Input from a terminal in which a sequence of keys means to leave. What looks like the beginning of the sequence
/// is held back until it is clear.
final class DetachKeys extends BlockInput {

    private static final String USUAL = "ctrl-p,ctrl-q";
    private static final int CONTROL = 0x1f;

    private final InputStream in;
    private final byte[] sequence;
    private final Runnable left;
    private final Deque<Byte> ready = new ArrayDeque<>();
    private int matched;
    private boolean isOver;

    /// Over `in`; `left` is run once when the keys are typed, and the input ends then.
    ///
    /// @param keys as `ctrl-p,ctrl-q` or `a,b`; empty for the usual ones
    DetachKeys(InputStream in, String keys, Runnable left) {
        this.in = in;
        this.sequence = parse(keys.isEmpty() ? USUAL : keys);
        this.left = left;
    }

    /// The bytes that `keys` spell.
    static byte[] parse(String keys) {
        String[] names = keys.split(",");
        byte[] bytes = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            bytes[i] = key(names[i]);
        }
        return bytes;
    }

    private static byte key(String name) {
        if (name.length() == 1) {
            return (byte) name.charAt(0);
        }
        if (name.length() == "ctrl-x".length()
                && name.toLowerCase(java.util.Locale.ROOT).startsWith("ctrl-")) {
            char control = Character.toUpperCase(name.charAt(name.length() - 1));
            if (control >= '@' && control <= '_') {
                return (byte) (control & CONTROL);
            }
        }
        throw EngineException.invalid("invalid detach keys (" + name + "): Unknown character: '" + name + "'");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (ready.isEmpty() && !isOver) {
            byte[] typed = new byte[Math.max(1, length)];
            int read = in.read(typed, 0, typed.length);
            if (read < 0) {
                giveBack();
                isOver = true;
            }
            for (int i = 0; i < read && !isOver; i++) {
                take(typed[i]);
            }
        }
        int given = 0;
        while (given < length && !ready.isEmpty()) {
            into[offset + given++] = ready.removeFirst();
        }
        return given == 0 ? -1 : given;
    }

    private void take(byte key) {
        if (key == sequence[matched]) {
            matched++;
            if (matched == sequence.length) {
                isOver = true;
                left.run();
            }
            return;
        }
        giveBack();
        if (key == sequence[0]) {
            matched = 1;
            if (sequence.length == 1) {
                isOver = true;
                left.run();
            }
        } else {
            ready.addLast(key);
        }
    }

    private void giveBack() {
        for (int i = 0; i < matched; i++) {
            ready.addLast(sequence[i]);
        }
        matched = 0;
    }
}
