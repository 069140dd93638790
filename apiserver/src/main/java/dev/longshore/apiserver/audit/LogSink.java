package dev.longshore.apiserver.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes a line for each event.
final class LogSink implements AuditSink {

    private final LineFile file;
    private final boolean isJson;
    private final AuditTally tally;

    LogSink(LineFile file, boolean isJson, AuditTally tally) {
        this.file = file;
        this.isJson = isJson;
        this.tally = tally;
    }

    @Override
    public boolean take(List<AuditEvent> events) {
        boolean isTaken = true;
        for (AuditEvent event : events) {
            isTaken &= write(event);
        }
        return isTaken;
    }

    private boolean write(AuditEvent event) {
        byte[] line = isJson ? EventJson.line(event) : (EventLine.of(event) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            file.write(line);
            return true;
        } catch (IOException denied) {
            tally.lost("log", String.valueOf(denied.getMessage()), List.of(event));
            return false;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
