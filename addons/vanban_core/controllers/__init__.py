from . import dataset, emergency_sheet, import_upload, metadata
