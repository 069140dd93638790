package dev.longshore.scheduler.devices;

import dev.longshore.model.Quantity;
import java.util.Map;

/// A device for a wish.
///
/// @param consumed what the wish takes of a device that several may have; empty of one that is had whole
record Choice(DeviceWish wish, OfferedDevice device, Map<String, Quantity> consumed) {}
