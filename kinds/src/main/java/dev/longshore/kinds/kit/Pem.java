package dev.longshore.kinds.kit;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A block of a PEM text. What is no block is passed over, as Go's decoder does.
///
/// @param type as in `-----BEGIN CERTIFICATE-----`
/// @param hasHeaders whether lines of the form `Key: value` stand before the data
public record Pem(String type, boolean hasHeaders, byte[] bytes) {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    public Pem {
        bytes = bytes.clone();
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    /// All blocks of `text`, in order.
    public static List<Pem> parse(String text) {
        var blocks = new ArrayList<Pem>();
        List<String> lines = text.lines().map(String::strip).toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.startsWith(BEGIN) || !line.endsWith(DASHES) || line.length() < BEGIN.length() + DASHES.length()) {
                continue;
            }
            String type = line.substring(BEGIN.length(), line.length() - DASHES.length());
            int end = lines.subList(i + 1, lines.size()).indexOf(END + type + DASHES);
            if (end < 0) {
                continue;
            }
            List<String> inside = lines.subList(i + 1, i + 1 + end);
            Optional<Pem> block = block(type, inside);
            if (block.isPresent()) {
                blocks.add(block.get());
                i += end + 1;
            }
        }
        return blocks;
    }

    /// Empty if it is not Base64.
    private static Optional<Pem> block(String type, List<String> lines) {
        boolean hasHeaders = lines.stream().anyMatch(line -> line.contains(":"));
        String data = String.join(
                "", lines.stream().filter(line -> !line.contains(":")).toList());
        try {
            return Optional.of(new Pem(type, hasHeaders, Base64.getDecoder().decode(data)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
