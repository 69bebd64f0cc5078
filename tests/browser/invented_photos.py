"""Two rendered close-ups of a spot, measured and compared as the program does it, for the pages of photos to show."""

from datetime import timedelta

from hairwise import workflow
from hairwise.simulate.scalp import (
    AgeSettings,
    CameraSettings,
    SceneSettings,
    age_scene,
    encode,
    make_scene,
    photograph,
)

PX_PER_MM = 120.0
CAMERA = CameraSettings(height_px=480, width_px=600, px_per_mm=PX_PER_MM)


def keep_photos(store, last_day):
    """Keep two visits of a rolled spot, four weeks apart, and a spot that waits for its first photo."""
    spot = workflow.add_spot(store, "mid", "rolled")
    workflow.add_spot(store, "occiput", "control")
    first = make_scene(SceneSettings(patch_mm=(5.5, 6.5)), 5)
    kept = []
    for scene, day in (
        (first, last_day - timedelta(days=28)),
        (age_scene(first, AgeSettings(lost_share=0.2), 5), last_day),
    ):
        data = encode(photograph(scene, CAMERA, len(kept)).rgb, "jpg", 90)
        about = workflow.about_photo(f"{day}.jpg", "close_up", day, spot, (PX_PER_MM, "clipped"))
        kept.append(workflow.add_photo(store, data, about))
        workflow.ask_for(store, "measure", {"photo": kept[-1]})
    workflow.ask_for(store, "compare", {"before": kept[0], "after": kept[1]})
    hand = workflow.Hand()
    while (job := workflow.next_job(store)) is not None:
        hand.work(store, job)
