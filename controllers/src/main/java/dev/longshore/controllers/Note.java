package dev.longshore.controllers;

import dev.longshore.client.EventRecorder;

/// Something for people to know, told by an event.
record Note(EventRecorder.Type type, String reason, String message) {

    static Note normal(String reason, String message) {
        return new Note(EventRecorder.Type.NORMAL, reason, message);
    }

    static Note warning(String reason, String message) {
        return new Note(EventRecorder.Type.WARNING, reason, message);
    }
}
