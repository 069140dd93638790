package dev.longshore.base;

import java.io.IOException;
import java.io.OutputStream;

/// An output that is written in blocks: who extends it writes the method that writes several bytes, and the one that
/// writes a single byte is a block of one.
public abstract class BlockOutput extends OutputStream {

    @Override
    public final void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public abstract void write(byte[] bytes, int offset, int length) throws IOException;
}
