package dev.longshore.apiserver;

import dev.longshore.model.Codec;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Those that there are, in the order in which they are offered to who accepts several.
record Encodings(List<Encoding> all) {

    static final Encoding JSON = new JsonEncoding();

    /// The parameter of a media type that asks for the form of watches.
    static final String STREAM = ";stream=watch";

    /// What needs no codec.
    static final Encodings TEXT = of(List.of());

    Encodings {
        all = List.copyOf(all);
    }

    static Encodings of(List<Codec> codecs) {
        var all = new ArrayList<Encoding>(List.of(JSON, new YamlEncoding()));
        codecs.forEach(codec -> all.add(new CodecEncoding(codec)));
        return new Encodings(all);
    }

    /// Those in which objects of `kind` can be written.
    Encodings of(GroupVersionKind kind) {
        return new Encodings(all.stream().filter(each -> each.knows(kind)).toList());
    }

    /// Those in which watches can be answered.
    Encodings ofStreams() {
        return new Encodings(all.stream().filter(Encoding::streams).toList());
    }

    FaultException notAcceptable(String suffix) {
        return new FaultException(
                new Fault.NotAcceptable("only the following media types are accepted: " + list(suffix)));
    }

    FaultException unsupported() {
        return new FaultException(new Fault.UnsupportedMediaType(
                "the body of the request was in an unknown format - accepted media types include: " + list("")));
    }

    private String list(String suffix) {
        return all.stream().map(each -> each.mediaType() + suffix).collect(Collectors.joining(", "));
    }
}
