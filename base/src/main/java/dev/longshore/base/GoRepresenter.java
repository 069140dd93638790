package dev.longshore.base;

import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/// Writes texts as Go programs do: in double quotes what they would read as something else, in several lines what has
/// several.
final class GoRepresenter extends StandardRepresenter {

    GoRepresenter(DumpSettings settings) {
        super(settings);
        representers.put(String.class, text -> representScalar(Tag.STR, (String) text, style((String) text)));
    }

    private static ScalarStyle style(String text) {
        if (!(GoScalar.of(text) instanceof GoScalar.Text) || YamlTexts.isTimeOrBase60(text)) {
            return ScalarStyle.DOUBLE_QUOTED;
        }
        return text.indexOf('\n') >= 0 ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
    }
}
