package dev.longshore.guests.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.nio.charset.StandardCharsets;

/// Collects what a container or a command writes.
final class Output extends ResultCallback.Adapter<Frame> {

    private final StringBuffer out = new StringBuffer();
    private final StringBuffer err = new StringBuffer();

    @Override
    public void onNext(Frame frame) {
        String text = new String(frame.getPayload(), StandardCharsets.UTF_8);
        (frame.getStreamType() == StreamType.STDERR ? err : out).append(text);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
